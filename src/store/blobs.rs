//! Page images, messages and replies by their content: BLAKE3 of the bytes is the name.
//!
//! A blob is written before the row that names it: temporary file, fsync,
//! rename, fsync of the folder. So a row never names bytes that are not there;
//! the other way about, bytes without a row, costs only room.

use std::fs;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::domain::identity::Digest;
use crate::domain::page::EncodedImage;

use super::Store;
use super::address::BlobAddress;
use super::error::{Result, StoreError};

/// The place where the bytes lie.
#[derive(Debug, Clone)]
pub(super) struct Blobs {
    place: String,
    objects: Arc<dyn ObjectStore>,
}

/// How many blobs are on their way at once. Each waits for the disk, not for
/// the processor.
const AT_ONCE: usize = 8;

impl Store {
    /// Makes images durable and gives their names, in their order. What is there
    /// already is not written again.
    pub async fn keep(&self, images: &[&EncodedImage]) -> Result<Vec<Digest>> {
        let bytes: Vec<&[u8]> = images.iter().map(|image| image.bytes.as_slice()).collect();
        self.keep_bytes(&bytes).await
    }

    /// The same for whatever is kept: messages as they came, replies as they left.
    pub async fn keep_bytes(&self, each: &[&[u8]]) -> Result<Vec<Digest>> {
        stream::iter(each.iter().map(|bytes| self.blobs.put(bytes)))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// The bytes of a blob; [`StoreError::BlobDamaged`] when they are not those
    /// that were kept.
    pub async fn blob(&self, digest: Digest) -> Result<Vec<u8>> {
        self.blobs.get(digest).await
    }
}

impl Blobs {
    pub(super) fn open(address: &BlobAddress) -> Result<Self> {
        let place = address.to_string();
        let objects: Result<Arc<dyn ObjectStore>, object_store::Error> = match address {
            BlobAddress::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|source| StoreError::Files {
                    doing: "making the folder",
                    place: place.clone(),
                    source,
                })?;
                LocalFileSystem::new_with_prefix(folder)
                    .map(|local| Arc::new(local.with_fsync(true)) as _)
            }
            BlobAddress::S3(url) => AmazonS3Builder::from_env()
                .with_url(url)
                .build()
                .map(|bucket| Arc::new(PrefixStore::new(bucket, prefix(url))) as _),
        };
        let objects = objects.map_err(|source| StoreError::Blobs {
            doing: "opening",
            place: place.clone(),
            source,
        })?;
        Ok(Self { place, objects })
    }

    async fn put(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let path = path(digest);
        match self.objects.head(&path).await {
            // Only whole files are ever renamed into place, so the size suffices.
            Ok(there) if there.size == bytes.len() as u64 => return Ok(digest),
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(source) => return Err(self.failed("looking for a page", source)),
        }
        self.objects
            .put(&path, bytes.to_vec().into())
            .await
            .map_err(|source| self.failed("storing a page", source))?;
        Ok(digest)
    }

    async fn get(&self, digest: Digest) -> Result<Vec<u8>> {
        let failed = |source| self.failed("reading a page", source);
        let answer = self.objects.get(&path(digest)).await.map_err(failed)?;
        let bytes = answer.bytes().await.map_err(failed)?;
        if Digest::of(&bytes) != digest {
            return Err(StoreError::BlobDamaged {
                digest: digest.to_string(),
                place: self.place.clone(),
            });
        }
        Ok(bytes.into())
    }

    /// The names of all blobs that lie there, in no order.
    pub(super) async fn names(
        &self,
        mut each: impl AsyncFnMut(Digest) -> Result<()>,
    ) -> Result<()> {
        let mut objects = self.objects.list(None);
        while let Some(object) = objects.next().await {
            let object = object.map_err(|source| self.failed("listing", source))?;
            // Anything else in that folder is not ours to judge.
            if let Some(name) = object.location.filename()
                && let Ok(digest) = name.parse()
            {
                each(digest).await?;
            }
        }
        Ok(())
    }

    fn failed(&self, doing: &'static str, source: object_store::Error) -> StoreError {
        StoreError::Blobs {
            doing,
            place: self.place.clone(),
            source,
        }
    }
}

/// `ab/cd/abcd...`: no folder grows beyond what file systems like.
fn path(digest: Digest) -> Path {
    let name = digest.to_string();
    Path::from_iter([&name[..2], &name[2..4], &name])
}

/// What follows the bucket in `s3://bucket/prefix`.
fn prefix(url: &str) -> &str {
    url.trim_start_matches("s3://")
        .split_once('/')
        .map_or("", |(_, prefix)| prefix)
}
