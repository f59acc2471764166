"""Slack's limits in one place; each names the page it was read from (D = https://docs.slack.dev)."""

from typing import Final

# D/reference/methods/chat.postMessage
TEXT_TRUNCATED: Final = 40_000
MARKDOWN_TEXT: Final = 12_000
ATTACHMENTS: Final = 100
ATTACHMENT_FOOTER: Final = 300
# D/reference/methods/chat.update
UPDATE_TEXT: Final = 4_000
# Of the blocks of a message together; no page has it: bolt-js issues 2509 and 2867 measured about 13,200.
MESSAGE_BLOCKS: Final = 13_200
# D/reference/methods/chat.postEphemeral (bytes)
EPHEMERAL_TEXT_BYTES: Final = 4_000
# The page names `metadata_too_large` but no size; this one is our own guess.
METADATA_BYTES: Final = 16_000

# D/reference/block-kit/blocks
BLOCKS_PER_MESSAGE: Final = 50
BLOCKS_PER_VIEW: Final = 100
BLOCK_ID: Final = 255
ACTION_ID: Final = 255
TEXT_OBJECT: Final = 3_000
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2_000
HEADER: Final = 150
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
CONTEXT_ACTIONS_ELEMENTS: Final = 5
IMAGE_URL: Final = 3_000
IMAGE_ALT: Final = 2_000
IMAGE_TITLE: Final = 2_000
INPUT_LABEL: Final = 2_000
INPUT_HINT: Final = 2_000
MARKDOWN_BLOCKS: Final = 12_000
LIST_INDENT: Final = 8

# D/reference/block-kit/blocks/table-block
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_CHARACTERS: Final = 10_000

# D/reference/block-kit/blocks/alert-block
ALERT_TEXT: Final = 200

# D/reference/block-kit/block-elements and composition-objects
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
URL: Final = 3_000
ACCESSIBILITY_LABEL: Final = 75
AGENT_PROMPT: Final = 4_000
OPTIONS: Final = 100
OPTION_GROUPS: Final = 100
GROUP_LABEL: Final = 75
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTION_DESCRIPTION: Final = 75
PLACEHOLDER: Final = 150
OVERFLOW_OPTIONS: Final = 5
CHOICE_OPTIONS: Final = 10
INPUT_LENGTH: Final = 3_000
MIN_QUERY_LENGTH: Final = 3
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30

# D/surfaces/modals, D/reference/methods/views.open
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
CALLBACK_ID: Final = 255
EXTERNAL_ID: Final = 255
MODAL_STACK: Final = 3
VIEW_BYTES: Final = 250_000

# D/interactivity/handling-user-interaction
ACK_SECONDS: Final = 3.0
TRIGGER_SECONDS: Final = 3.0
RESPONSE_URL_USES: Final = 5
RESPONSE_URL_SECONDS: Final = 30 * 60.0

# D/apis/events-api: retries at once, after one minute, after five
EVENT_RETRY_DELAYS: Final = (0.0, 60.0, 300.0)

# D/apis/events-api/using-socket-mode
SOCKET_CONNECTIONS: Final = 10
SOCKET_SECONDS: Final = 3_600.0
SOCKET_DEBUG_SECONDS: Final = 360.0
SOCKET_WARNING_SECONDS: Final = 10.0
SOCKET_TICKET_SECONDS: Final = 30.0

# D/reference/methods/files.getUploadURLExternal, files.completeUploadExternal
FILE_ALT_TEXT: Final = 1_000
SNIPPET_BYTES: Final = 1_000_000
FILE_SHARES: Final = 100
FILE_BYTES: Final = 64 * 1024 * 1024
# The page says "asynchronously" and no time; this one is our own guess.
FILE_SHARE_SECONDS: Final = 0.1
