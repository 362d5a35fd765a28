"""What a person does with the package `penpot-mcp`, through its own functions and its own server.

Takes the address of the API, a mail address and a password; prints what came back as JSON.
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from penpot_mcp.api.penpot_api import PenpotAPI


def library(base, email, password):
    api = PenpotAPI(base_url=base, email=email, password=password)
    token = api.login_with_password()
    own_profile = api.profile_id
    said = {"token": token, "profileOfLogin": own_profile, "profile": api.get_profile(), "projects": api.list_projects()}
    # It has no function of its own for teams: its general one is asked, in both of its formats.
    url = f"{api.base_url}/rpc/command/get-teams"
    said["teams"] = api._make_authenticated_request("post", url, json={}, use_transit=False).json()
    transit = api._make_authenticated_request("post", url, json={}, use_transit=True).json()
    said["teamsInTransit"] = len(api._normalize_transit_response(transit))
    project = next(p for p in said["projects"] if p["name"] == "Poster")
    said["project"] = api.get_project(project["id"])
    said["files"] = api.get_project_files(project["id"])
    said["file"] = api.get_file(said["files"][0]["id"])
    # A session that ended: it logs in again by itself.
    api.set_access_token("no token of anybody")
    said["projectsAgain"] = api.list_projects()
    return said


async def ask(session, tool, **arguments):
    answer = await session.call_tool(tool, arguments)
    assert not answer.isError, answer
    return json.loads(answer.content[0].text)


async def server(base, email, password, project, file):
    settings = {"PENPOT_API_URL": base, "PENPOT_USERNAME": email, "PENPOT_PASSWORD": password}
    settings |= {"PATH": os.environ["PATH"], "HOME": os.getcwd(), "DEBUG": "false", "ENABLE_HTTP_SERVER": "false"}
    command = os.path.join(os.path.dirname(sys.executable), "penpot-mcp")
    parameters = StdioServerParameters(command=command, args=["--mode", "stdio"], env=settings, cwd=os.getcwd())
    async with stdio_client(parameters, errlog=sys.stderr) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        return {
            "projects": await ask(session, "list_projects"),
            "files": await ask(session, "get_project_files", project_id=project),
            "file": await ask(session, "get_file", file_id=file),
        }


def main():
    base, email, password = sys.argv[1:]
    said = {"library": library(base, email, password)}
    project, file = said["library"]["project"]["id"], said["library"]["file"]["id"]
    said["server"] = asyncio.run(server(base, email, password, project, file))
    print(json.dumps(said))


main()
