namespace Tincan.Chat.History;

/// <summary>The tables of the history, by the steps in which they came to be. A step that was released is never changed: a new one follows.</summary>
internal static class HistorySchema
{
    /// <summary>Marks the file as a history of tincan ("tinc").</summary>
    public const int ApplicationId = 0x74696e63;

    /// <summary>The steps; the version of a file is how many of them it has behind it.</summary>
    public static readonly string[] Migrations =
    [
        // AUTOINCREMENT: a place is never given twice, so what was said later is always behind. Keys are null where a message cannot
        // come twice. The index of the text holds no text of its own, and forgets words of deleted messages as its parts are merged.
        """
        CREATE TABLE messages(
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation TEXT NOT NULL,
            sender TEXT NOT NULL,
            name TEXT,
            text TEXT NOT NULL,
            id TEXT,
            created INTEGER,
            recorded INTEGER NOT NULL,
            sent INTEGER NOT NULL,
            unread INTEGER NOT NULL,
            once BLOB UNIQUE);
        CREATE INDEX messages_by_conversation ON messages(conversation, place);
        CREATE INDEX messages_unread ON messages(conversation) WHERE unread = 1;
        CREATE VIRTUAL TABLE message_words USING fts5(text, content = 'messages', content_rowid = 'place', tokenize = 'unicode61 remove_diacritics 2');
        CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
            INSERT INTO message_words(rowid, text) VALUES (new.place, new.text);
        END;
        CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN
            INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.place, old.text);
        END;
        """,
    ];
}
