"""What guards every page: headers, forgery protection, rate limits, and a refusal that keeps what was typed."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    session,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)

#: No inline script or style anywhere; what the diagram viewer sets it sets through the CSSOM.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "font-src 'self' data:", "connect-src 'self'", "object-src 'none'", "base-uri 'none'",
        "form-action 'self'", "frame-ancestors 'none'",
    )
)
#: For the pages of editors that write style elements and attributes of their own; scripts stay as strict as ever.
POLICY_WITH_INLINE_STYLES = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_YEAR_SECONDS = 365 * 24 * 3600
#: Never shown again and never sent again, whatever page they were typed on.
_SECRET_FIELDS = ("csrf_token", "password", "code", "token", "secret")


def register(app: Flask) -> None:
    """Hangs the guards on the application; before the sign-in guard, so that a stale form keeps its text."""
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_set_headers)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(TooManyRequests, _too_many)


def _refuse_nul() -> None:
    """No text has a NUL; PostgreSQL keeps none and would fail where SQLite does not."""
    pairs = (*request.args.items(multi=True), *request.form.items(multi=True))
    if "\x00" in request.path or any("\x00" in text for pair in pairs for text in pair):
        abort(400)


def allows_inline_styles(view: View) -> View:
    """Lets the page of an editor (code fields, decision tables, forms) set inline styles, and this page only.

    Use it below the route and below `requires`.
    """

    @functools.wraps(view)
    def styled(*arguments: Any, **named: Any) -> Response:
        response = make_response(view(*arguments, **named))
        response.headers["Content-Security-Policy"] = POLICY_WITH_INLINE_STYLES
        return response

    return cast(View, styled)


def limit_form(
    *, per_address: str, per_target: str | None = None, target: Callable[[], str | None] | None = None
) -> Callable[[View], View]:
    """Limits the POSTs of a view: by network address, and by whom or what they aim at.

    `per_address` and `per_target` read as `"20 per minute"`; `target` takes the login, application number or
    phone from the request. Use it below the route: `@bp.post(…)`, `@public_page`, `@limit_form(…)`.
    """

    def decorate(view: View) -> View:
        limited: Any = limiter.limit(per_address, methods=["POST"])(view)
        if per_target is not None and target is not None:
            limited = limiter.limit(per_target, key_func=lambda: _target_key(target()), methods=["POST"])(limited)
        result: View = limited
        return result

    return decorate


def _target_key(value: str | None) -> str:
    """A fingerprint, so that no login or phone number lies in the counter's store."""
    if not value or not value.strip():
        return get_remote_address()
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, value.strip().lower().encode(), hashlib.sha256).hexdigest()


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["MODE"] == "production":
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}; includeSubDomains"
    if "Cache-Control" not in response.headers:
        # On a shared office computer, going back after logging out must not show a person's data. The session
        # alone is asked, not the database: this runs for pages about failures too.
        response.headers["Cache-Control"] = "no-store" if "_user_id" in session else "no-cache"
    return response


def _stale_form(_error: CSRFError) -> tuple[str | Response, int]:
    return keep_typed(
        "这一页打开得太久了", "为防止他人冒用，提交没有被接受，系统里的内容没有改变。", status=400
    )


def _too_many(_error: TooManyRequests) -> tuple[str | Response, int]:
    return keep_typed("操作太频繁", "为防止滥用，短时间内不能再试。请过几分钟再提交。", status=429)


def keep_typed(heading: str, message: str, *, status: int) -> tuple[str | Response, int]:
    """A refusal page that shows what was typed, and offers to send it again if it surely came from our own page.

    A script keeps what it sent itself; it is told in JSON.
    """
    if _is_scripted():
        return jsonify({"message": f"{heading}：{message}"}), status
    typed = [(name, value) for name, value in request.form.items(multi=True) if not _is_secret(name)]
    may_resend = status == 400 and request.method == "POST" and _from_own_page() and not request.files and bool(typed)
    return render_template(
        "security/kept.html", heading=heading, message=message, typed=typed, may_resend=may_resend,
        has_files=any(upload.filename for upload in request.files.values()), target=request.full_path.rstrip("?"),
    ), status


def _is_scripted() -> bool:
    """Only scripts send the forgery protection as a header."""
    return "X-CSRFToken" in request.headers


def _is_secret(name: str) -> bool:
    return any(secret in name.lower() for secret in _SECRET_FIELDS)


def _from_own_page() -> bool:
    """The browser itself says that the form stood on a page of this site; another site cannot forge this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")
