"""The fixed words of scorecards in Chinese."""

from __future__ import annotations

from typing import Final

SCORECARD: Final = {
    "· scorecard": "· 计分卡",
    "Scorecard": "计分卡",
    "Commit": "提交",
    "Judged by": "评判依据",
    "specs and their newest runs": "规格及其最新运行",
    "specs alone": "仅规格",
    "The gate is open.": "门槛已通过。",
    "Trend": "趋势",
    "Clauses that fail most": "最常未满足的条款",
    "More clauses": "更多条款",
    "Experiments": "实验",
    "Experiment": "实验",
    "By owner": "按负责人",
    "Waivers that end soon": "即将到期的豁免",
    "Not judged": "未评判",
    "Since": "自",
    "Since {}": "自 {} 起",
    "score": "得分",
    "Score": "得分",
    "coverage": "覆盖率",
    "Coverage": "覆盖率",
    "below: the level; a dashed vertical line: other standards, so nothing is compared across it": (
        "下方：等级；竖直虚线：标准已变，两侧不作比较"
    ),
    "Worse": "变差",
    "All experiments": "全部实验",
    "Every scoring": "历次计分",
    "Day": "日期",
    "Overall level": "总等级",
    "Other standards": "标准变化",
    "Lines of the history that cannot be read": "历史中无法读取的行",
    "Not met": "未满足",
    "Asked of": "适用实验数",
    "Fail": "不通过",
    "No evidence": "无证据",
    "Every must and should that holds is met.": "适用的“必须”与“应当”条款全部满足。",
    "more": "条其他条款",
    "Run": "运行",
    "An experiment that several own counts for each of them.": "由多人负责的实验，对每位负责人各计一次。",
    "nobody named": "未指定",
    "nobody": "无人",
    "Ends": "到期",
    "For": "对象",
    "Why": "原因",
    "spec": "规格",
    "path": "路径",
    "standard": "标准",
    "wrong": "有误",
    "unclear": "不清楚",
    "Made by stdspec from specs, standards and the evidence of runs. "
    "It states what the evidence supports and certifies nothing.": (
        "本页由 stdspec 根据规格、标准与运行证据生成。它只说明证据支持什么，不构成任何认证。"
    ),
    "Score and coverage by day; on {} the score is {} and {} of the clauses are judged": (
        "按日期的得分与覆盖率；{} 的得分为 {}，已评判条款占 {}"
    ),
    "Experiments by level: {}": "各等级的实验数：{}",
    "{} better": "{} 个变好",
    "{} new": "{} 个新增",
    "{} gone": "{} 个消失",
    "{} worse": "{} 个变差",
    "{} judged by other standards, so not compared": "{} 个因标准变化未作比较",
    "Score {}: {} of {} musts met; experiments: {}": "得分 {}：满足 {} 条（“必须”条款共 {} 条）；实验数：{}",
    "No experiment was judged.": "没有评判任何实验。",
    "No must holds for any of {} experiments, so there is no score.": "{} 个实验均无适用的“必须”条款，因此没有得分。",
    "Level: {}; {} of {} clauses judged": "等级：{}；已评判 {} 条（适用条款共 {} 条）",
    "{} (the worst {})": "{}（取最差的“{}”条款）",
    "{} days left": "剩余 {} 天",
    "{} of {} musts met; experiments: {}": "满足 {} 条（“必须”条款共 {} 条）；实验数：{}",
    "{} of {} fail": "{} 个不通过（共 {} 个）",
    "{} of {} without evidence": "{} 个无证据（共 {} 个）",
    "and {} more: --format json lists all": "另有 {} 项：--format json 列出全部",
    (
        "The score is the share of the musts that hold, over all experiments, which are met: their verdict is pass, or "
        "a waiver in force covers it. No evidence, stale evidence and an error count as not met."
    ): ("得分是全部实验中适用的“必须”条款被满足的比例：结论为通过，或有生效的豁免。无证据、证据过期与出错均算未满足。"),
}
"""English phrase to the Chinese one."""
