//! Signals of Linux by name.

/// Their names without `SIG`, and the real-time ones apart
/// (<https://github.com/moby/sys/blob/signal/v0.7.1/signal/signal_linux.go>).
const NAMES: [&str; 34] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
];
const REAL_TIME_ABOVE_FIRST: u8 = 15;
const REAL_TIME_BELOW_LAST: u8 = 14;
const LAST: u8 = 64;

/// Whether Docker knows a signal: `SIGTERM`, `term`, `15`, `SIGRTMIN+3`.
pub(crate) fn is_signal(text: &str) -> bool {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        let number = text.parse::<u8>();
        return number.is_ok_and(|number| (1..=LAST).contains(&number));
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let is_offset = |offset: &str, last: u8| {
        let number = offset.parse::<u8>();
        !offset.starts_with(['+', '0']) && number.is_ok_and(|number| number <= last)
    };
    match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(""), _) | (_, Some("")) => true,
        (Some(rest), _) => {
            let offset = rest.strip_prefix('+');
            offset.is_some_and(|offset| is_offset(offset, REAL_TIME_ABOVE_FIRST))
        }
        (_, Some(rest)) => {
            let offset = rest.strip_prefix('-');
            offset.is_some_and(|offset| is_offset(offset, REAL_TIME_BELOW_LAST))
        }
        (None, None) => NAMES.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_those_of_docker() {
        for signal in [
            "SIGTERM",
            "TERM",
            "sigint",
            "1",
            "15",
            "64",
            "SIGRTMIN",
            "RTMIN+15",
            "SIGRTMAX-14",
        ] {
            assert!(is_signal(signal), "{signal}");
        }
        for signal in [
            "",
            "SIG",
            "SIGNAL",
            "0",
            "65",
            "-9",
            "+9",
            " TERM",
            "RTMIN+16",
            "RTMIN-1",
            "RTMIN+0",
            "RTMIN++1",
            "RTMAX-15",
            "SIGSIGTERM",
        ] {
            assert!(!is_signal(signal), "{signal}");
        }
    }
}
