"""What stands behind signed links to private files."""

from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from catalog import files, images


@require_safe
def private_file(request: HttpRequest, token: str) -> FileResponse:
    """A paper, for whoever holds its link; 404 for a link that is too old or none of ours."""
    file = files.file_of(token)
    if file is None:
        raise Http404
    try:
        content = storages["private"].open(file.name)
    except OSError:
        raise Http404 from None
    response = FileResponse(
        content,
        content_type=file.content_type,
        # A browser's own PDF reader runs scripts of the paper: all but pictures is for the reader's program to open.
        as_attachment=file.content_type not in files.CONTENT_TYPES.values(),
        filename=file.label,
    )
    return _closed(response)


@require_safe
def private_picture(request: HttpRequest, token: str) -> FileResponse:
    """A rendition of a private picture, for whoever holds its link; 404 as for papers."""
    name = images.rendition_of(token)
    if name is None:
        raise Http404
    try:
        content = images.rendition_storage(private=True).open(name)
    except OSError:
        raise Http404 from None
    return _closed(FileResponse(content, content_type=images.RENDITION_TYPES[name.rpartition(".")[2]]))


def _closed(response: FileResponse) -> FileResponse:
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Robots-Tag"] = "noindex"
    return response
