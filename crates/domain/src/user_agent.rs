//! What a browser calls itself, in words that its owner knows: «Chrome, Android».

/// What stands in the header, and how people call it. The first that is found holds: most browsers also name those
/// that they descend from.
const BROWSERS: [(&str, &str); 12] = [
    ("YaBrowser/", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MiuiBrowser/", "Mi Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("SMS gateway", "СМС"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
    ("Tizen", "Tizen"),
];

/// Browser and system, as far as they are known.
pub fn in_words(user_agent: &str) -> String {
    match (found(&BROWSERS, user_agent), found(&SYSTEMS, user_agent)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("Браузер, {system}"),
        (None, None) => "Неизвестное устройство".to_owned(),
    }
}

fn found(known: &[(&str, &'static str)], user_agent: &str) -> Option<&'static str> {
    known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usual_browsers_are_called_as_people_call_them() {
        let chrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 \
                      Mobile Safari/537.36";
        for (user_agent, words) in [
            (chrome, "Chrome, Android"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                 YaBrowser/25.8.0.0 Safari/537.36",
                "Яндекс Браузер, Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 \
                 Safari/537.36 Edg/139.0.0.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Safari/605.1.15",
                "Safari, macOS",
            ),
            ("curl/8.14.1", "curl"),
            ("Mozilla/5.0 (Android 14)", "Браузер, Android"),
            ("", "Неизвестное устройство"),
        ] {
            assert_eq!(in_words(user_agent), words, "{user_agent}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_the_header_itself_is_shown(user_agent in "\\PC{0,200}") {
            let words = in_words(&user_agent);
            let known = |part: &str| {
                let names = BROWSERS.iter().chain(&SYSTEMS).map(|(_, name)| *name);
                names.chain(["Браузер", "Неизвестное устройство"]).any(|name| name == part)
            };
            prop_assert!(words.split(", ").all(known), "{words}");
        }
    }
}
