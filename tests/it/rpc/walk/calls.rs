//! What each method is called with: something that is right, so that only who calls decides.

use super::scene::{Role, Things};
use serde_json::{Value as Json, json};
use tests::{client::FilePart, person::PASSWORD, picture};

/// The body of a call.
#[derive(Clone, Debug)]
pub enum Content {
    Params(Json),
    /// Fields, then the name, content type and bytes of a file.
    Form(Vec<(&'static str, String)>, &'static str, &'static str, Vec<u8>),
}

/// The body of a call of a method.
pub async fn content(things: &Things<'_>, name: &str) -> Content {
    if let Some(form) = form(things, name).await {
        return form;
    }
    let mut found = None;
    for params in [account(things, name).await, team(things, name).await, design(things, name).await] {
        found = found.or(params);
    }
    for params in [library(things, name).await, home(things, name).await, comments(things, name).await] {
        found = found.or(params);
    }
    found = found.or(fonts(things, name).await);
    found = found.or(webhooks(things, name).await);
    Content::Params(found.unwrap_or_else(|| panic!("{name}: say here what it is called with")))
}

fn text(id: &Json) -> String {
    id.as_str().expect("an id").to_owned()
}

async fn form(things: &Things<'_>, name: &str) -> Option<Content> {
    let file = picture::jpeg(40, 30, 1);
    Some(match name {
        "update-profile-photo" => Content::Form(vec![], "file", "image/jpeg", file),
        "update-team-photo" => {
            Content::Form(vec![("team-id", text(&things.team["id"]))], "file", "image/jpeg", file)
        }
        "upload-file-media-object" => {
            let fields = vec![
                ("file-id", text(&things.file["id"])),
                ("is-local", "true".into()),
                ("name", "a.jpg".into()),
            ];
            Content::Form(fields, "content", "image/jpeg", file)
        }
        "create-file-thumbnail" => {
            let fields = vec![("file-id", text(&things.file["id"])), ("revn", "0".into())];
            Content::Form(fields, "media", "image/jpeg", file)
        }
        "create-file-object-thumbnail" => {
            let fields = vec![
                ("file-id", text(&things.file["id"])),
                ("object-id", things.board()),
                ("tag", "frame".into()),
            ];
            Content::Form(fields, "media", "image/jpeg", file)
        }
        "upload-chunk" => {
            let fields = vec![("session-id", text(&session(things, &[]).await)), ("index", "0".into())];
            Content::Form(fields, "content", "application/octet-stream", file)
        }
        _ => return None,
    })
}

/// An upload that the caller began, with these bytes.
async fn session(things: &Things<'_>, bytes: &[u8]) -> Json {
    let caller = things.caller();
    let id = caller.call("create-upload-session", json!({"totalChunks": 1})).await.ok()["sessionId"].clone();
    if !bytes.is_empty() {
        let fields = [("session-id", text(&id)), ("index", "0".to_owned())];
        let part = FilePart {
            field: "content",
            name: "a",
            mtype: "application/octet-stream",
            bytes: bytes.to_vec(),
        };
        caller.upload("upload-chunk", &fields, part).await.ok();
    }
    id
}

async fn account(things: &Things<'_>, name: &str) -> Option<Json> {
    let fresh = format!("fresh{}@example.com", things.number);
    let registration = json!({"fullname": "Fresh", "email": fresh, "password": PASSWORD});
    Some(match name {
        "get-profile"
        | "get-access-tokens"
        | "get-teams"
        | "get-owned-teams"
        | "get-all-projects"
        | "delete-profile"
        | "delete-profile-photo" => json!({}),
        "login-with-password" => json!({"email": things.scene.mate.email, "password": PASSWORD}),
        "logout" => json!({"profileId": things.caller().profile["id"]}),
        "prepare-register-profile" => registration,
        "register-profile" => json!({"token": prepared(things, &registration).await}),
        "verify-token" => json!({"token": mailed(things, &fresh, &registration).await}),
        "create-access-token" => json!({"name": "script"}),
        "delete-access-token" => {
            let token = things.caller().call("create-access-token", json!({"name": "script"})).await.ok();
            json!({"id": token["id"]})
        }
        "get-current-mcp-token"
        | "get-enabled-flags"
        | "get-owned-organizations-summary"
        | "get-subscription-usage"
        | "create-demo-profile" => json!({}),
        "get-sso-provider" | "request-profile-recovery" => json!({"email": things.scene.mate.email}),
        "recover-profile" => {
            json!({"token": recovery(things, &fresh, &registration).await, "password": PASSWORD})
        }
        "request-email-change" => json!({"email": format!("moved{}@example.com", things.number)}),
        "send-user-feedback" => json!({"subject": "Thanks", "content": "It works."}),
        "update-profile-notifications" => {
            json!({"dashboardComments": "all", "emailComments": "partial", "emailInvites": "all"})
        }
        "update-profile-password" => json!({"oldPassword": PASSWORD, "password": "another battery"}),
        "update-profile-props" => json!({"props": {"workspaceVisited": true}}),
        "push-audit-events" => json!({"events": []}),
        "update-profile" => json!({"fullname": things.caller().profile["fullname"], "lang": "fr"}),
        _ => return None,
    })
}

/// The sealed registration of somebody.
async fn prepared(things: &Things<'_>, registration: &Json) -> Json {
    let nobody = things.scene.app.anonymous();
    nobody.call("prepare-register-profile", registration.clone()).await.ok()["token"].clone()
}

/// The token that was mailed to somebody who registered.
async fn mailed(things: &Things<'_>, email: &str, registration: &Json) -> String {
    let (app, token) = (&things.scene.app, prepared(things, registration).await);
    app.anonymous().call("register-profile", json!({"token": token})).await.ok();
    app.run_jobs().await;
    app.mailed_token(email).await
}

/// The token of a link for somebody who forgot the password right after registering.
async fn recovery(things: &Things<'_>, email: &str, registration: &Json) -> String {
    let (app, token) = (&things.scene.app, prepared(things, registration).await);
    let made = app.anonymous().call("register-profile", json!({"token": token})).await.ok();
    let profile_id = text(&made["id"]).parse().expect("a uuid");
    let mail = domain::mail::Mail::PasswordRecovery { profile_id };
    let mail = domain::mail::compose(&app.app, &app.app.db, &mail, app.app.now()).await.expect("composes");
    let mail = mail.unwrap_or_else(|| panic!("nothing to say to {email}"));
    mail.text.split_once("token=").expect("a link").1.lines().next().expect("a token").to_owned()
}

async fn team(things: &Things<'_>, name: &str) -> Option<Json> {
    let (team, mate) = (&things.team["id"], &things.scene.mate.profile["id"]);
    let guest = format!("new{}@example.com", things.number);
    Some(match name {
        "get-team" | "get-team-info" | "delete-team" => json!({"id": team}),
        "get-team-members" | "get-team-users" | "get-team-stats" | "get-team-invitations" => {
            json!({"teamId": team})
        }
        "create-team" => json!({"name": "Another"}),
        "update-team" => json!({"id": team, "name": "Renamed"}),
        // Others than the owner have nobody to name.
        "leave-team" if things.role == Role::Owner => json!({"id": team, "reassignTo": mate}),
        "leave-team" => json!({"id": team}),
        "update-team-member-role" => json!({"teamId": team, "memberId": mate, "role": "viewer"}),
        "delete-team-member" => json!({"teamId": team, "memberId": mate}),
        "create-team-invitations" => json!({"teamId": team, "emails": [guest], "role": "editor"}),
        "create-team-with-invitations" => json!({"name": "Crew", "emails": [guest], "role": "editor"}),
        "get-team-invitation-token" | "delete-team-invitation" => {
            json!({"teamId": team, "email": things.invited().await})
        }
        "update-team-invitation-role" => {
            json!({"teamId": team, "email": things.invited().await, "role": "admin"})
        }
        "create-team-access-request" => json!({"teamId": team}),
        _ => return None,
    })
}

async fn design(things: &Things<'_>, name: &str) -> Option<Json> {
    let (team, project, file) = (&things.team["id"], &things.project["id"], &things.file["id"]);
    Some(match name {
        "get-projects" => json!({"teamId": team}),
        "get-project" | "delete-project" => json!({"id": project}),
        "create-project" => json!({"teamId": team, "name": "Another"}),
        "rename-project" => json!({"id": project, "name": "Renamed"}),
        "update-project-pin" => json!({"id": project, "teamId": team, "isPinned": true}),
        "get-project-files" => json!({"projectId": project}),
        "get-file-info" | "get-file-stats" => json!({"id": file}),
        "get-page" | "get-file-data-for-thumbnail" => json!({"fileId": file}),
        "get-view-only-bundle" => {
            things.link().await;
            json!({"fileId": file})
        }
        "create-share-link" => {
            let pages = &things.file["data"]["pages"];
            json!({"fileId": file, "pages": pages, "whoComment": "team", "whoInspect": "all"})
        }
        "delete-share-link" => json!({"id": things.link().await}),
        "get-file-fragment" => json!({"fileId": file, "fragmentId": file}),
        "get-file" | "delete-file" => json!({"id": file}),
        "create-file" => json!({"projectId": project, "name": "Another"}),
        "get-file-object-thumbnails" => {
            things.thumbnail().await;
            json!({"fileId": file, "tag": "frame"})
        }
        "delete-file-object-thumbnail" => json!({"fileId": file, "objectId": things.thumbnail().await}),
        "delete-file-object-thumbnails" => json!({"objectIds": [things.thumbnail().await]}),
        "update-file" => {
            let page = things.file["data"]["pages"][0].clone();
            let change = json!({"type": "mod-page", "id": page, "name": "Cover"});
            json!({"id": file, "sessionId": file, "revn": 0, "vern": 0, "changes": [change]})
        }
        "rename-file" => json!({"id": file, "name": "Renamed"}),
        "create-file-snapshot" => json!({"fileId": file, "label": "First"}),
        "get-file-snapshots" => {
            things.snapshot().await;
            json!({"fileId": file})
        }
        "get-file-snapshot" | "restore-file-snapshot" => {
            json!({"fileId": file, "id": things.snapshot().await})
        }
        "delete-file-snapshot" | "lock-file-snapshot" => json!({"id": things.snapshot().await}),
        "update-file-snapshot" => json!({"id": things.snapshot().await, "label": "Second"}),
        "unlock-file-snapshot" => {
            let id = things.snapshot().await;
            things.owner.call("lock-file-snapshot", json!({"id": id})).await.ok();
            json!({"id": id})
        }
        "clone-file-media-object" => {
            json!({"fileId": file, "isLocal": true, "id": things.picture().await})
        }
        "create-upload-session" => json!({"totalChunks": 2}),
        "assemble-file-media-object" => {
            let session = session(things, &picture::png(20, 20, 1)).await;
            json!({"sessionId": session, "fileId": file, "isLocal": true, "name": "a", "mtype": "image/png"})
        }
        "create-file-media-object-from-url" => {
            let url = things.scene.web.serve("image/png", &picture::png(20, 20, 1));
            json!({"fileId": file, "isLocal": true, "url": url, "name": "a"})
        }
        _ => return None,
    })
}

async fn library(things: &Things<'_>, name: &str) -> Option<Json> {
    let file = &things.file["id"];
    Some(match name {
        "get-file-libraries" | "has-file-libraries" => {
            things.library().await;
            json!({"fileId": file})
        }
        "get-library-usage" | "get-library-file-references" => json!({"fileId": things.library().await}),
        "get-file-summary" => json!({"id": file}),
        "set-file-shared" => json!({"id": file, "isShared": true}),
        "link-file-to-library" | "unlink-file-from-library" | "update-file-library-sync-status" => {
            json!({"fileId": file, "libraryId": things.library().await})
        }
        "ignore-file-library-sync-status" => json!({"fileId": file, "date": "2026-12-01T00:00:00.000Z"}),
        _ => return None,
    })
}

/// What the first page asks for.
async fn home(things: &Things<'_>, name: &str) -> Option<Json> {
    let (team, project, file) = (&things.team["id"], &things.project["id"], &things.file["id"]);
    Some(match name {
        "get-builtin-templates" => json!({}),
        "get-team-recent-files" | "get-team-deleted-files" | "get-team-shared-files" => {
            json!({"teamId": team})
        }
        "search-files" => json!({"teamId": team, "searchTerm": "sketch"}),
        // Nothing is in the bin: whatever is in it waits for a worker.
        "restore-deleted-team-files" | "permanently-delete-team-files" => {
            json!({"teamId": team, "ids": [file]})
        }
        "duplicate-file" => json!({"fileId": file, "name": "Copy"}),
        "duplicate-project" => json!({"projectId": project, "name": "Copy"}),
        "move-files" => {
            let other = things.owner.project(&things.team, "Other").await;
            json!({"ids": [file], "projectId": other["id"]})
        }
        "move-project" => {
            let other = things.caller().team("Other").await;
            json!({"projectId": project, "teamId": other["id"]})
        }
        _ => return None,
    })
}

async fn webhooks(things: &Things<'_>, name: &str) -> Option<Json> {
    let (team, mtype) = (&things.team["id"], "application/json");
    let listens = || things.scene.web.serve("text/plain", b"");
    Some(match name {
        "get-webhooks" => {
            things.webhook().await;
            json!({"teamId": team})
        }
        "create-webhook" => json!({"teamId": team, "uri": listens(), "mtype": mtype, "isActive": true}),
        "update-webhook" => json!({"id": things.webhook().await, "uri": listens(), "mtype": mtype}),
        "delete-webhook" => json!({"id": things.webhook().await}),
        _ => return None,
    })
}

async fn comments(things: &Things<'_>, name: &str) -> Option<Json> {
    let (team, file, page) = (&things.team["id"], &things.file["id"], &things.file["data"]["pages"][0]);
    let position = json!({"x": 120.5, "y": 40.25});
    let board = uuid::Uuid::from_u128(7);
    Some(match name {
        "create-comment-thread" => json!({
            "fileId": file, "pageId": page, "frameId": board, "position": position, "content": "Larger",
            "mentions": [things.scene.mate.profile["id"]], "shareId": null,
        }),
        "get-comment-threads" | "get-profiles-for-file-comments" => {
            things.thread().await;
            json!({"fileId": file})
        }
        "get-unread-comment-threads" => {
            things.thread().await;
            json!({"teamId": team})
        }
        "get-comment-thread" => json!({"fileId": file, "id": things.thread().await["id"]}),
        "get-comments" => json!({"threadId": things.thread().await["id"]}),
        "create-comment" => json!({"threadId": things.thread().await["id"], "content": "Smaller"}),
        "update-comment" => json!({"id": things.thread().await["commentId"], "content": "Smaller"}),
        "delete-comment" => json!({"id": things.thread().await["commentId"]}),
        "update-comment-thread" => json!({"id": things.thread().await["id"], "isResolved": true}),
        "update-comment-thread-position" => {
            json!({"id": things.thread().await["id"], "position": position, "frameId": board})
        }
        "update-comment-thread-frame" => json!({"id": things.thread().await["id"], "frameId": board}),
        "update-comment-thread-status" | "delete-comment-thread" => {
            json!({"id": things.thread().await["id"]})
        }
        "mark-all-threads-as-read" => json!({"threads": [things.thread().await["id"]]}),
        _ => return None,
    })
}

async fn fonts(things: &Things<'_>, name: &str) -> Option<Json> {
    let team = &things.team["id"];
    Some(match name {
        "get-font-variants" => json!({"teamId": team}),
        "create-font-variant" => things.font(),
        "update-font" => json!({"teamId": team, "id": things.variant().await["fontId"], "name": "Inkier"}),
        "delete-font" => json!({"teamId": team, "id": things.variant().await["fontId"]}),
        "delete-font-variant" => json!({"teamId": team, "id": things.variant().await["id"]}),
        "download-font" => json!({"id": things.variant().await["id"]}),
        "download-font-family" => json!({"fontId": things.variant().await["fontId"]}),
        _ => return None,
    })
}
