"""Pages for what goes wrong: what it is, what was kept, where to go on. Never a stack trace."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core import randomness
from app.core.database import db
from app.core.errors import UserError

_log = logging.getLogger(__name__)

#: status -> (heading, what to say). 413 names the limit itself.
_PAGES = {
    400: ("这一页没有提交完整", "浏览器交来的内容缺了必要的部分。返回上一页，重新打开后再提交一次。"),
    401: ("需要先登录", "登录后会回到要去的页面。"),
    403: ("没有权限", "您没有办理或查看此事项的权限。如果应当有，请联系本单位的管理员。"),
    404: ("没有找到", "地址可能抄错了，或者这件事项已经不在这里。"),
    405: ("不能这样打开", "这个地址只接受页面上的按钮。返回上一页，从按钮进入。"),
    409: ("这件事刚有变化", "别人先办了一步，或者它已经到了别的环节。重新打开后再看。"),
    413: ("文件太大", "一次提交的全部文件合起来超过了上限。请缩小后分次上传，其余内容不会因此丢失。"),
    422: ("填写的内容有误", "请返回上一页，按提示修改后再提交。"),
    429: ("操作太频繁", "为防止滥用，短时间内不能再试。请过几分钟再来。"),
    500: ("办理中断了", "这一步没有办成，已经填写和办好的内容没有改变。故障已经记下，维护人员会看到。"),
}
_BARE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{heading} · 智库</title></head>'
    "<body><main><h1>{heading}</h1><p>{message}</p></main></body></html>"
)


def register_error_pages(app: Flask) -> None:
    """Answers every refusal and every failure with a page in the words of the house.

    Forged forms and rate limits are answered by `app.web.security`, which keeps what was typed.
    """
    app.register_error_handler(UserError, _user_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OverflowError, _beyond_the_database)
    app.register_error_handler(DataError, _beyond_the_database)
    app.register_error_handler(500, _failure)


def _user_error(error: UserError) -> tuple[str, int]:
    return error_page(error.status, error.message)


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    code = error.code or 500
    return error_page(code) if code >= 400 else error


def _beyond_the_database(error: Exception) -> tuple[str, int]:
    """A number or a text that no column can hold: nothing of that name is there."""
    _log.warning("a value the database cannot hold", exc_info=error)
    db.session.rollback()
    return error_page(404 if request.method in ("GET", "HEAD") else 422)


def _failure(error: InternalServerError) -> tuple[str, int]:
    number = randomness.digits(8)
    _log.error("the failure logged above was shown as number %s", number)
    return error_page(500, number=number)


def error_page(code: int, message: str = "", number: str = "") -> tuple[str, int]:
    """A refusal in the words of the house; `number` is that of a failure in the log."""
    heading, usual = _PAGES.get(code, _PAGES[500 if code >= 500 else 400])
    facts = {"heading": heading, "message": message or usual}
    try:
        if code >= 500:
            db.session.rollback()
        return render_template("errors/page.html", number=number, **facts), code
    except Exception:  # noqa: BLE001 (the header asks the database who is signed in, and that may be what failed)
        _log.exception("the error page itself failed")
        return _BARE.format(**facts), code
