"""What a page is to the application: its place in the navigation and its routes."""

from dataclasses import dataclass, field

from fastapi import APIRouter

from docintel.web.accounts import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page.

    Attributes:
        name: its key in the words: `nav.search`.
        path: where it lies; empty for routes that stand in no navigation.
        role: the least that a visitor needs to see it in the navigation; each route says for itself what it needs.
        html: its routes, of pages and pieces of pages.
        json: the same answers under `/api`, described by OpenAPI.
    """

    name: str
    path: str = ""
    role: Role = Role.READER
    html: APIRouter
    json: APIRouter = field(default_factory=APIRouter)
