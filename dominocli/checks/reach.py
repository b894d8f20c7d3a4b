"""Which points of a directed network can be reached from each other."""

from __future__ import annotations

from collections.abc import Sequence


def components(edges: Sequence[Sequence[int]]) -> list[int]:
    """Return a number for each point; two points have the same one if each can be reached from the other.

    `edges[point]` lists where one gets from it. Tarjan's algorithm, without recursion: time and memory are
    linear in points and edges.
    """
    count = len(edges)
    order = [-1] * count
    lowest = [0] * count
    component = [-1] * count
    path: list[int] = []
    visited = found = 0
    for start in range(count):
        if order[start] >= 0:
            continue
        work = [(start, 0)]
        while work:
            point, next_edge = work.pop()
            if not next_edge:
                order[point] = lowest[point] = visited
                visited += 1
                path.append(point)
            for position in range(next_edge, len(edges[point])):
                other = edges[point][position]
                if order[other] < 0:
                    work += [(point, position + 1), (other, 0)]
                    break
                if component[other] < 0:
                    lowest[point] = min(lowest[point], order[other])
            else:
                if lowest[point] == order[point]:
                    while component[point] < 0:
                        component[path.pop()] = found
                    found += 1
                if work:
                    parent = work[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[point])
    return component
