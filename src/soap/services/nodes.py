"""Other nodes: which there are, whose data come from which, and what there is to know of them."""

from __future__ import annotations

from collections.abc import Iterable

from soap.archive import Archive
from soap.archive import nodes as held
from soap.archive.nodes import Node, Notice
from soap.core.who import Viewer
from soap.services.sync.link import checked_url

__all__ = ["Node", "Notice", "add_node", "find_node", "nodes", "notices", "remove_node"]


def nodes(viewer: Viewer, archive: Archive) -> tuple[Node, ...]:
    """All nodes, for who runs the archive."""
    return held.nodes(archive, viewer)


def find_node(viewer: Viewer, archive: Archive, name_or_url: str) -> Node:
    """The node of that name or URL."""
    return held.find_node(archive, viewer, name_or_url.rstrip("/"))


def add_node(viewer: Viewer, archive: Archive, name: str, url: str, providers: Iterable[str]) -> Node:
    """Add a node whose URL is HTTPS, or on this machine, and say whose data come from it."""
    return held.add_node(archive, viewer, name, checked_url(url), providers)


def remove_node(viewer: Viewer, archive: Archive, name: str) -> None:
    """Forget a node; what came from it stays under its last terms."""
    held.remove_node(archive, viewer, name)


def notices(viewer: Viewer, archive: Archive, name: str, most: int = 1000) -> tuple[Notice, ...]:
    """What there is to know of a node, the latest first."""
    return held.notices(archive, viewer, find_node(viewer, archive, name).name, most)
