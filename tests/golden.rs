//! The sample night by the real engine, judged by score against its truth.
