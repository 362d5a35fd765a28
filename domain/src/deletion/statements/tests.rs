//! The list of parts makes statements that can be read.

use super::*;

#[test]
fn parents_stand_before_their_children_and_children_go_first() {
    let place = |table: &str| PARTS.iter().position(|part| part.table == table);
    for (at, part) in PARTS.iter().enumerate() {
        let Some(parent) = part.parent else { continue };
        let above = place(parent.table).expect("the parent is listed");
        assert!(above < at, "{} stands before {}", part.table, parent.table);
        // What has a time of its own gets it from a cascade, and that ends with files; accounts have none.
        let roots = [Kind::Team, Kind::Project, Kind::File].map(Kind::table);
        assert!(!part.is_soft_deleted() || roots.contains(&parent.table), "{}: who deletes it?", part.table);
    }
    let purged: Vec<&str> = PURGE.iter().map(|(part, _)| part.table).collect();
    assert_eq!(purged.len(), PARTS.iter().filter(|part| part.is_soft_deleted()).count());
    for (at, (part, _)) in PURGE.iter().enumerate() {
        let above = part.parent.and_then(|parent| purged.iter().position(|table| *table == parent.table));
        assert!(above.is_none_or(|above| at < above), "{} goes before what it lies in", part.table);
    }
}

#[test]
fn statements_can_be_read() {
    let (_, sql) = tree(Kind::Team).expect("a tree").delete_files.as_ref().expect("files");
    let expected = "\
WITH batch AS (
       SELECT file.id, project.deleted_at FROM file
         JOIN project ON project.id = file.project_id
         JOIN team ON team.id = project.team_id
        WHERE team.id = $1 AND project.deleted_at IS NOT NULL AND file.deleted_at IS NULL
        LIMIT $2 FOR UPDATE OF file)
UPDATE file SET deleted_at = batch.deleted_at FROM batch WHERE file.id = batch.id RETURNING file.id";
    assert_eq!(sql, expected);
    let (_, sql) = PURGE.iter().find(|(part, _)| part.table == "file_thumbnail").expect("is purged");
    let expected = "\
WITH due AS (
       SELECT file_thumbnail.file_id, file_thumbnail.revn FROM file_thumbnail
        WHERE file_thumbnail.deleted_at <= $1
        ORDER BY file_thumbnail.deleted_at LIMIT $2 FOR UPDATE OF file_thumbnail SKIP LOCKED),
     gone AS (
       DELETE FROM file_thumbnail USING due
        WHERE file_thumbnail.file_id = due.file_id AND file_thumbnail.revn = due.revn
       RETURNING file_thumbnail.media_id AS blob_1),
     touched AS (
       UPDATE storage_object SET touched_at = $1, touched_by = 'file-thumbnail-purged'
        WHERE deleted_at IS NULL AND id IN (
              SELECT blob_1 FROM gone))
SELECT count(*) AS purged FROM gone";
    assert_eq!(sql, expected);
}
