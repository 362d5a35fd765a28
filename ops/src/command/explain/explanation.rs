//! What an explanation is made of.

/// Sentences, and what can be typed next.
#[derive(Debug, Default)]
pub(super) struct Explanation {
    pub(super) sentences: Vec<String>,
    pub(super) commands: Vec<String>,
}

impl Explanation {
    pub(super) fn say(&mut self, sentence: impl Into<String>) {
        self.sentences.push(sentence.into());
    }

    pub(super) fn can(&mut self, command: impl Into<String>) {
        self.commands.push(command.into());
    }

    pub(super) fn text(&self) -> String {
        let mut text: String = self.sentences.iter().map(|line| format!("{line}\n")).collect();
        if !self.commands.is_empty() {
            text.push_str("\nWhat can be done:\n");
            text.extend(self.commands.iter().map(|command| format!("  {command}\n")));
        }
        text
    }
}
