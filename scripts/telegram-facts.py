#!/usr/bin/env python3
"""Writes tests/golden/telegram/bot_api.json: what the tests and the simulator
need to know of the Bot API. Of each method its parameters, of each type its
fields, each with the types that it may have and whether it is required.

    scripts/telegram-facts.py api.json > tests/golden/telegram/bot_api.json

api.json is the description that github.com/PaulSonOfLars/telegram-bot-api-spec
derives from the documentation of the Bot API.
"""

import json
import sys

METHODS = """
getMe setWebhook deleteWebhook getWebhookInfo getUpdates
sendMessage sendPhoto sendDocument sendVoice sendVideo sendAudio sendAnimation
sendSticker sendVideoNote sendMediaGroup sendLocation sendContact sendChatAction
copyMessage copyMessages forwardMessage forwardMessages
editMessageText editMessageCaption editMessageReplyMarkup
deleteMessage deleteMessages setMessageReaction pinChatMessage
answerCallbackQuery setMyCommands
createForumTopic editForumTopic closeForumTopic reopenForumTopic
deleteForumTopic
getFile getChat getChatMember
""".split()

# What the server sends: these types, without all that they refer to.
ANSWERS = """
Update User Chat ChatFullInfo Message MessageId MessageEntity CallbackQuery
ChatMemberUpdated ChatMember ChatMemberOwner ChatMemberAdministrator
ChatMemberMember ChatMemberRestricted ChatMemberLeft ChatMemberBanned
MessageReactionUpdated ReactionType ReactionTypeEmoji ReactionTypeCustomEmoji
PhotoSize Document Voice Video VideoNote Audio Animation Sticker Contact
Location Venue File ForumTopic ForumTopicCreated ForumTopicEdited
ForumTopicClosed ForumTopicReopened WebhookInfo ResponseParameters TextQuote
MessageOrigin MessageOriginUser MessageOriginHiddenUser MessageOriginChat
MessageOriginChannel InaccessibleMessage MaybeInaccessibleMessage
""".split()

PLAIN = {"Integer", "Float", "String", "Boolean", "True", "InputFile"}


def fact(field):
    return {"types": field["types"], "required": field["required"]}


def facts(fields):
    return {field["name"]: fact(field) for field in fields}


def names_in(fields):
    for field in fields:
        for name in field["types"]:
            yield name.replace("Array of ", "")


def reachable(spec, names):
    """The types that `names` lead to, with themselves."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in found or name in PLAIN:
            continue
        found.add(name)
        kind = spec["types"][name]
        waiting += kind.get("subtypes", [])
        waiting += names_in(kind.get("fields", []))
    return found


def write_entries(entries):
    blocks = []
    for name, members in entries:
        lines = [f'    {json.dumps(name)}: {{']
        lines.append(",\n".join(f'      {json.dumps(key)}: {json.dumps(value)}'
                                for key, value in members.items()))
        lines.append("    }")
        blocks.append("\n".join(line for line in lines if line))
    return ",\n".join(blocks)


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        spec = json.load(source)
    methods = [(name, facts(spec["methods"][name].get("fields", [])))
               for name in METHODS]
    inputs = [name for method in METHODS
              for name in names_in(spec["methods"][method].get("fields", []))]
    types, unions = [], []
    for name in sorted(reachable(spec, inputs) | set(ANSWERS)):
        kind = spec["types"][name]
        if "subtypes" in kind:
            unions.append((name, kind["subtypes"]))
        else:
            types.append((name, facts(kind.get("fields", []))))
    print("{")
    print(f'  "version": {json.dumps(spec["version"])},')
    print('  "methods": {\n' + write_entries(methods) + "\n  },")
    print('  "types": {\n' + write_entries(types) + "\n  },")
    print('  "unions": {')
    print(",\n".join(f'    {json.dumps(name)}: {json.dumps(members)}'
                     for name, members in unions))
    print("  }\n}")


if __name__ == "__main__":
    main()
