"""Log in and out, one's own password, and for admins the people of the team."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.team.errors import TeamError
from pledgetrail.serving.team.people import ROLES, Person
from pledgetrail.serving.team.sessions import LONGEST
from pledgetrail.serving.team.team import Team, TooManyTries

_WRONG: Final = "That name and password do not belong together."
_NO_STORE: Final = {"Cache-Control": "no-store"}


def router(site: Site, team: Team) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)
    _add_log_in(routes, site, team)
    _add_people(routes, site, team)
    return routes


def _add_log_in(routes: APIRouter, site: Site, team: Team) -> None:
    def page(request: Request, status: int = 200, words: str = "", name: str = "", back: str = "/") -> Response:
        context = {"words": words, "name": name, "back": back, "vouches": team.proxy.vouches}
        answer = site.html(request, "login.html", status, **context)
        answer.headers.update(_NO_STORE)
        return answer

    @routes.get("/login")
    def ask(request: Request) -> Response:
        return page(request, back=local(request.query_params.get("back", "/")))

    @routes.post("/login")
    async def log_in(request: Request) -> Response:
        form = await request.form()
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        back = local(str(form.get("back", "/")))
        if team.proxy.vouches:
            return page(request, 403)
        try:
            token = await team.log_in(request.scope, name, password)
        except TooManyTries as error:
            answer = page(request, 429, str(error), name[:80], back)
            answer.headers["Retry-After"] = str(error.seconds)
            return answer
        if token is None:
            return page(request, 401, _WRONG, name[:80], back)
        answer = RedirectResponse(back, 303, _NO_STORE)
        give(answer, team, token)
        return answer

    @routes.post("/logout")
    async def log_out(request: Request) -> Response:
        token = request.cookies.get(team.cookie)
        if token:
            await run_in_threadpool(team.sessions.end, token)
        answer = RedirectResponse("/login", 303, _NO_STORE)
        answer.delete_cookie(team.cookie, secure=team.secure, httponly=True, samesite="lax")
        return answer


def _add_people(routes: APIRouter, site: Site, team: Team) -> None:
    def page(request: Request, status: int = 200, words: str = "", done: str = "") -> Response:
        person = site.person(request)
        listed = team.people.listed() if person is not None and person.may_manage else []
        context = {"listed": listed, "roles": ROLES, "words": words, "done": done, "vouches": team.proxy.vouches}
        answer = site.html(request, "people.html", status, **context)
        answer.headers.update(_NO_STORE)
        return answer

    @routes.get("/people")
    @routes.get("/password")
    def show(request: Request) -> Response:
        return page(request)

    @routes.get("/people.json")
    def as_json(request: Request) -> Response:
        return answer_json(request, {"people": [_record(person) for person in team.people.listed()]})

    @routes.get("/people.csv")
    def as_csv(_: Request) -> Response:
        return answer_csv("people", ("name", "role", "password"), map(_record, team.people.listed()))

    @routes.post("/people")
    async def change(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            done = await _change(site.person(request), team, form)
        except TeamError as error:
            return await run_in_threadpool(page, request, 422, str(error))
        return await run_in_threadpool(page, request, 200, "", done)

    @routes.post("/password")
    async def own(request: Request) -> Response:
        form, person = await request.form(), site.person(request)
        if person is None or team.proxy.vouches:
            return await run_in_threadpool(page, request, 403, "There is no password of yours here.")
        try:
            if await team.check(request.scope, person.name, str(form.get("old", ""))) is None:
                return await run_in_threadpool(page, request, 422, "That is not your password of now.")
            await team.set_password(person.name, str(form.get("password", "")))
        except TooManyTries as error:
            return await run_in_threadpool(page, request, 429, str(error))
        except TeamError as error:
            return await run_in_threadpool(page, request, 422, str(error))
        answer = RedirectResponse("/", 303, _NO_STORE)
        give(answer, team, await run_in_threadpool(team.sessions.begin, person))
        return answer


async def _change(admin: Person | None, team: Team, form: dict[str, str]) -> str:
    """Do what an admin's form asks for, and say that it is done. Raises TeamError."""
    name, action, password = form.get("name", ""), form.get("action", ""), form.get("password", "")
    found = await run_in_threadpool(team.people.find, name)
    if action in ("remove", "role") and admin is not None and found is not None and found.name == admin.name:
        raise TeamError("nobody takes their own role away here; another admin or pledgetrail people can")
    if action == "add":
        role = form.get("role", "")
        added = await run_in_threadpool(team.people.add, name, role, password or None)
        return f"{added.name} has the role {role} now."
    if action == "remove":
        await run_in_threadpool(team.people.remove, name)
        return f"{name} is no longer in the team."
    if action == "role":
        await run_in_threadpool(team.people.set_role, name, form.get("role", ""))
        return f"{name} has the role {form.get('role', '')} now."
    if action == "password":
        await team.set_password(name, password)
        return f"{name} has a new password, and has to log in again."
    raise TeamError("there are the changes add, remove, role, password")


def give(answer: Response, team: Team, token: str) -> None:
    """Have the browser keep a session's token. Lax, so that a link in a message opens; changes need more than it."""
    answer.set_cookie(team.cookie, token, max_age=LONGEST, secure=team.secure, httponly=True, samesite="lax")


def local(address: str) -> str:
    """An address of ours to go on to, else the first page."""
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


def _record(person: Person) -> dict[str, str]:
    return {"name": person.name, "role": person.role, "password": "yes" if person.has_password else "no"}
