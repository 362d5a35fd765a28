//! An opendal service over the table `storage_blob`, sharing the application's connection pool.

use bytes::Bytes;
use opendal::raw::{
    OpCopy, OpCreateDir, OpDelete, OpList, OpPresign, OpRead, OpRename, OpStat, OpWrite, RpCreateDir,
    RpPresign, RpRead, RpRename, RpStat, Service, ServiceInfo, oio,
};
use opendal::{
    Buffer, BytesRange, Capability, Error, ErrorKind, Metadata, MetadataBuilder, OperationContext, Result,
};
use sqlx::PgPool;
use uuid::Uuid;

/// The table behind the pool.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pool: PgPool,
    object_bytes_max: u64,
}

impl Table {
    pub(super) fn new(pool: PgPool, object_bytes_max: u64) -> Table {
        Table { pool, object_bytes_max }
    }
}

impl Service for Table {
    type Reader = oio::StreamReader<Row>;
    type Writer = RowWriter;
    type Deleter = oio::OneShotDeleter<Table>;
    type Lister = ();
    type Copier = ();
    type Composer = ();

    fn info(&self) -> ServiceInfo {
        ServiceInfo::new("table", "/", "storage_blob")
    }

    fn capability(&self) -> Capability {
        Capability {
            stat: true,
            read: true,
            write: true,
            write_can_empty: true,
            write_can_multi: true,
            delete: true,
            shared: true,
            ..Capability::default()
        }
    }

    async fn stat(&self, _: &OperationContext, path: &str, _: OpStat) -> Result<RpStat> {
        let size = Row { table: self.clone(), id: id_of(path)? }.size().await?;
        Ok(RpStat::new(MetadataBuilder::file(size).build()))
    }

    fn read(&self, _: &OperationContext, path: &str, _: OpRead) -> Result<Self::Reader> {
        Ok(oio::StreamReader::new(Row { table: self.clone(), id: id_of(path)? }))
    }

    fn write(&self, _: &OperationContext, path: &str, _: OpWrite) -> Result<Self::Writer> {
        Ok(RowWriter { table: self.clone(), id: id_of(path)?, data: Vec::new() })
    }

    fn delete(&self, _: &OperationContext) -> Result<Self::Deleter> {
        Ok(oio::OneShotDeleter::new(self.clone()))
    }

    async fn create_dir(&self, _: &OperationContext, _: &str, _: OpCreateDir) -> Result<RpCreateDir> {
        Err(unsupported())
    }

    fn list(&self, _: &OperationContext, _: &str, _: OpList) -> Result<Self::Lister> {
        Err(unsupported())
    }

    fn copy(&self, _: &OperationContext, _: &str, _: &str, _: OpCopy) -> Result<Self::Copier> {
        Err(unsupported())
    }

    async fn rename(&self, _: &OperationContext, _: &str, _: &str, _: OpRename) -> Result<RpRename> {
        Err(unsupported())
    }

    async fn presign(&self, _: &OperationContext, _: &str, _: OpPresign) -> Result<RpPresign> {
        Err(unsupported())
    }
}

impl oio::OneShotDelete for Table {
    async fn delete_once(&self, path: String, _: OpDelete) -> Result<()> {
        let query = sqlx::query("DELETE FROM storage_blob WHERE id = $1").bind(id_of(&path)?);
        query.execute(&self.pool).await.map_err(failed)?;
        Ok(())
    }
}

/// One row, read piecewise: `substring` of uncompressed external data fetches only the pieces it needs.
pub(super) struct Row {
    table: Table,
    id: Uuid,
}

impl Row {
    async fn size(&self) -> Result<u64> {
        let query = sqlx::query_scalar("SELECT octet_length(data)::bigint FROM storage_blob WHERE id = $1");
        let size: Option<i64> = query.bind(self.id).fetch_optional(&self.table.pool).await.map_err(failed)?;
        let size = size.ok_or_else(|| Error::new(ErrorKind::NotFound, "there is no such row"))?;
        Ok(u64::try_from(size).unwrap_or(0))
    }
}

impl oio::StreamRead for Row {
    async fn open(&self, range: BytesRange) -> Result<(RpRead, Box<dyn oio::ReadStreamDyn>)> {
        let size = self.size().await?;
        let span = range.to_content_range(usize::try_from(size).unwrap_or(usize::MAX))?;
        // A bytea has at most 1 GiB, so both numbers fit.
        let position = |at: usize| i32::try_from(at).map_err(|_| too_large(self.table.object_bytes_max));
        let query =
            sqlx::query_scalar("SELECT substring(data FROM $2 FOR $3) FROM storage_blob WHERE id = $1")
                .bind(self.id)
                .bind(position(span.start.saturating_add(1))?)
                .bind(position(span.len())?);
        let data: Option<Vec<u8>> = query.fetch_optional(&self.table.pool).await.map_err(failed)?;
        let data = data.ok_or_else(|| Error::new(ErrorKind::NotFound, "there is no such row"))?;
        let read = RpRead::new(MetadataBuilder::file(size).build());
        Ok((read, Box::new(Buffer::from(Bytes::from(data)))))
    }
}

/// Collects an object in memory and writes it as one row.
pub(super) struct RowWriter {
    table: Table,
    id: Uuid,
    data: Vec<u8>,
}

impl oio::Write for RowWriter {
    async fn write(&mut self, piece: Buffer) -> Result<()> {
        let size = self.data.len().saturating_add(piece.len()) as u64;
        if size > self.table.object_bytes_max {
            return Err(too_large(self.table.object_bytes_max));
        }
        for bytes in piece {
            self.data.extend_from_slice(&bytes);
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<Metadata> {
        // Writing twice is harmless, so a retry after a lost answer is safe.
        let query = sqlx::query(
            "INSERT INTO storage_blob (id, data) VALUES ($1, $2) \
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, created_at = now()",
        );
        query.bind(self.id).bind(&self.data).execute(&self.table.pool).await.map_err(failed)?;
        Ok(MetadataBuilder::file(self.data.len() as u64).build())
    }

    async fn abort(&mut self) -> Result<()> {
        self.data = Vec::new();
        Ok(())
    }
}

/// Paths are made by us from uuids; anything else is not there.
fn id_of(path: &str) -> Result<Uuid> {
    let hex = path.replace('/', "");
    Uuid::try_parse(&hex).map_err(|_| Error::new(ErrorKind::NotFound, "not the path of an object"))
}

/// Marks as temporary what a second try may heal.
fn failed(error: sqlx::Error) -> Error {
    let temporary = match &error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(database) => {
            // Shutting down or starting, serialisation failure, deadlock, too many connections.
            database.code().is_some_and(|code| {
                matches!(code.as_ref(), "57P01" | "57P02" | "57P03" | "40001" | "40P01" | "53300")
            })
        }
        _ => false,
    };
    let failed = Error::new(ErrorKind::Unexpected, "the database refused").set_source(error);
    if temporary { failed.set_temporary() } else { failed }
}

fn too_large(bytes_max: u64) -> Error {
    Error::new(ErrorKind::Unsupported, format!("objects in the database have at most {bytes_max} bytes"))
}

fn unsupported() -> Error {
    Error::new(ErrorKind::Unsupported, "objects in the database are only read, written and deleted")
}
