//! E-mail at the command line.
