//! How much one scan may ask of the machine. A file beyond a limit is set aside
//! with the limit named; nothing is ever scaled down in silence.

const MIB: u64 = 1024 * 1024;

/// The limits of a run. All of them hold before the work they bound is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file from the scanner. 256 MiB holds a thousand bitonal pages or
    /// a hundred colour ones.
    pub scan_bytes: u64,
    /// Pages in one file.
    pub scan_pages: u32,
    /// Pixels of one page. A3 in 600 dpi has 70 million; the limit leaves room for
    /// twice that and stops images that only say that they are large.
    pub page_pixels: u64,
    /// Bytes that one page's image may unpack to, palette and colours counted as the
    /// file has them: 150 million pixels of three bytes, and a little.
    pub page_decoded_bytes: u64,
    /// Seconds that a reader may take over one page. The slowest honest page measured
    /// takes under 10 s.
    pub page_seconds: u32,
    /// Bytes of memory of one reader.
    pub reader_memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            scan_bytes: 256 * MIB,
            scan_pages: 1_000,
            page_pixels: 150_000_000,
            page_decoded_bytes: 512 * MIB,
            page_seconds: 60,
            reader_memory: 1_536 * MIB,
        }
    }
}
