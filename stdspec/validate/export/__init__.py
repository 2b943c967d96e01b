"""Writes the language as JSON Schemas that editors read: each file whole in itself, in two drafts of JSON Schema."""

from stdspec.validate.export.documents import DRAFTS, documents

__all__ = ["DRAFTS", "documents"]
