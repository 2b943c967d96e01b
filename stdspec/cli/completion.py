"""``stdspec completion``: what a shell runs to complete commands, options, groups and keys.

A shell hands over its line up to the cursor in a variable, and gets the words that the last one may become.
"""

from __future__ import annotations

import os
import sys
from typing import ClassVar, Final

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, split_arg_string

LINE: Final = "STDSPEC_LINE"
BREAKS: Final = "STDSPEC_BREAKS"
"""The characters that end a word for the shell, where those are more than spaces."""

_GOES_ON: Final = ("=", ".", "/")

BASH: Final = """\
_stdspec_completion() {
    local IFS=$'\\n'
    COMPREPLY=($(STDSPEC_LINE="${COMP_LINE:0:COMP_POINT}" STDSPEC_BREAKS="$COMP_WORDBREAKS" \\
        _STDSPEC_COMPLETE=bash_complete "$1" 2>/dev/null))
}
complete -o nospace -o default -F _stdspec_completion stdspec
"""
ZSH: Final = """\
#compdef stdspec
_stdspec() {
    local -a found
    found=("${(@f)$(STDSPEC_LINE="${(j: :)words[1,CURRENT]}" _STDSPEC_COMPLETE=zsh_complete "$words[1]" 2>/dev/null)}")
    found=(${found:#})
    if (( ! $#found )); then
        _files
        return
    fi
    local -a partial=(${(M)found:#*[=./]}) whole=(${found:#*[=./]})
    (( $#partial )) && compadd -Q -S '' -a partial
    (( $#whole )) && compadd -Q -a whole
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _stdspec "$@"
else
    compdef _stdspec stdspec
fi
"""
FISH: Final = """\
function __stdspec_completion
    set -l found (STDSPEC_LINE=(commandline -cp) _STDSPEC_COMPLETE=fish_complete stdspec 2>/dev/null)
    if test (count $found) -eq 0
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c stdspec -f -a '(__stdspec_completion)'
"""


class _Line(ShellComplete):
    """Reads the line that one of our scripts hands over."""

    source_template: ClassVar[str]

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, without the program's, and that one."""
        line = os.environ.get(LINE, "")
        words = split_arg_string(line)
        last = "" if not words or line.endswith(" ") else words.pop()
        return words[1:], last

    def format_completion(self, item: CompletionItem) -> str:
        """The word alone; none for files and folders, which the shell completes itself."""
        return str(item.value) if item.type == "plain" else ""

    def complete(self) -> str:
        """The words, one a line."""
        arguments, last = self.get_completion_args()
        words = (self.format_completion(item) for item in self.get_completions(arguments, last))
        return "\n".join(self.shaped(word, last) for word in words if word)

    def shaped(self, word: str, last: str) -> str:
        """A word as the shell takes it."""
        del last
        return word


class _Bash(_Line):
    """Bash replaces only what stands behind the last of its word breaks, and is told where a word ends."""

    name = "bash"
    source_template = BASH

    def shaped(self, word: str, last: str) -> str:
        """The part of a word that bash replaces, with a space where it is whole."""
        breaks = set(os.environ.get(BREAKS, "")) & set("=:")
        cut = max((last.rfind(character) for character in breaks), default=-1) + 1
        return f"{word[cut:]}{'' if word.endswith(_GOES_ON) else ' '}"


class _Zsh(_Line):
    name = "zsh"
    source_template = ZSH


class _Fish(_Line):
    name = "fish"
    source_template = FISH


SHELLS: Final = {one.name: one for one in (_Bash, _Zsh, _Fish)}


def register() -> None:
    """Have click answer by our scripts' rules."""
    for one in SHELLS.values():
        add_completion_class(one)


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> None:
    """Print a script that completes commands, options, groups, options of groups, keys and their values.

    \b
    bash:  stdspec completion bash >> ~/.bashrc
    zsh:   stdspec completion zsh > ~/.zfunc/_stdspec     (a folder of $fpath)
    fish:  stdspec completion fish > ~/.config/fish/completions/stdspec.fish
    """  # noqa: D301 - click reads the escape
    sys.stdout.write(SHELLS[shell].source_template)
