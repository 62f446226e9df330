"""The style sheet, the script and the icon."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin.visit import Visit


async def static(visit: Visit) -> Response:
    """One of the site's own files, by its exact name; its address changes with its content."""
    file = visit.desk.pages.static.get(str(visit.request.path_params["name"]))
    if file is None:
        raise HTTPException(404)
    return Response(
        file.content,
        headers={"cache-control": "public, max-age=31536000, immutable", "content-type": file.type},
    )
