/** Common emoji by the names Slack gives them, in the groups the picker shows. */

export const GROUPS = {
  Operations: `fire 🔥|rotating_light 🚨|white_check_mark ✅|heavy_check_mark ✔️|x ❌|warning ⚠️|large_green_circle 🟢|
large_yellow_circle 🟡|red_circle 🔴|white_circle ⚪|black_circle ⚫|large_blue_circle 🔵|large_orange_circle 🟠|
large_purple_circle 🟣|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|
alarm_clock ⏰|clock1 🕐|clock9 🕘|zap ⚡|boom 💥|mag 🔍|mag_right 🔎|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|gear ⚙️|nut_and_bolt 🔩|
bell 🔔|no_bell 🔕|mute 🔇|loudspeaker 📢|mega 📣|pager 📟|telephone_receiver 📞|phone ☎️|iphone 📱|computer 💻|desktop_computer 🖥️|
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|clipboard 📋|memo 📝|page_facing_up 📄|book 📖|books 📚|
notebook 📓|bookmark 🔖|label 🏷️|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|calendar 📆|date 📅|spiral_calendar_pad 🗓️|file_folder 📁|
open_file_folder 📂|card_index_dividers 🗂️|package 📦|inbox_tray 📥|outbox_tray 📤|email 📧|envelope ✉️|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|
bug 🐛|construction 🚧|rocket 🚀|recycle ♻️|repeat 🔁|arrows_counterclockwise 🔄|arrows_clockwise 🔃|rewind ⏪|fast_forward ⏩|
arrow_forward ▶️|double_vertical_bar ⏸️|black_square_for_stop ⏹️|broom 🧹|toolbox 🧰|test_tube 🧪|microscope 🔬|thermometer 🌡️|satellite_antenna 📡|
floppy_disk 💾|cloud ☁️|dart 🎯|traffic_light 🚦|vertical_traffic_light 🚦|checkered_flag 🏁|triangular_flag_on_post 🚩|white_flag 🏳️`,
  Faces: `grinning 😀|smiley 😃|smile 😄|grin 😁|laughing 😆|sweat_smile 😅|joy 😂|rolling_on_the_floor_laughing 🤣|slightly_smiling_face 🙂|
upside_down_face 🙃|wink 😉|blush 😊|innocent 😇|heart_eyes 😍|star-struck 🤩|kissing_heart 😘|yum 😋|stuck_out_tongue 😛|zany_face 🤪|hugging_face 🤗|
thinking_face 🤔|zipper_mouth_face 🤐|neutral_face 😐|expressionless 😑|no_mouth 😶|smirk 😏|unamused 😒|face_with_rolling_eyes 🙄|grimacing 😬|relieved 😌|
pensive 😔|sleepy 😪|sleeping 😴|mask 😷|nerd_face 🤓|sunglasses 😎|face_with_monocle 🧐|confused 😕|worried 😟|open_mouth 😮|astonished 😲|flushed 😳|
cry 😢|sob 😭|scream 😱|sweat 😓|weary 😩|tired_face 😫|yawning_face 🥱|triumph 😤|rage 😡|angry 😠|skull 💀|hankey 💩|ghost 👻|alien 👽|robot_face 🤖|
melting_face 🫠|saluting_face 🫡|exploding_head 🤯|partying_face 🥳|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊`,
  People: `wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|clap 👏|raised_hands 🙌|pray 🙏|handshake 🤝|ok_hand 👌|v ✌️|crossed_fingers 🤞|point_up ☝️|
point_right 👉|point_left 👈|point_down 👇|point_up_2 👆|raised_hand ✋|hand 🖐️|fist ✊|facepunch 👊|muscle 💪|eyes 👀|brain 🧠|bust_in_silhouette 👤|
busts_in_silhouette 👥|facepalm 🤦|shrug 🤷|technologist 🧑‍💻|male-technologist 👨‍💻|female-technologist 👩‍💻|firefighter 🧑‍🚒|fire_engine 🚒|
construction_worker 👷|cop 👮|ninja 🥷|mechanic 🧑‍🔧|hand_with_index_and_middle_fingers_crossed 🤞`,
  Symbols: `heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|black_heart 🖤|broken_heart 💔|100 💯|sparkles ✨|star ⭐|star2 🌟|
dizzy 💫|question ❓|grey_question ❔|exclamation ❗|heavy_exclamation_mark ❗|grey_exclamation ❕|bangbang ‼️|interrobang ⁉️|information_source ℹ️|heavy_plus_sign ➕|
heavy_minus_sign ➖|heavy_multiplication_x ✖️|arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_upper_right ↗️|arrow_lower_right ↘️|left_right_arrow ↔️|
leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|small_red_triangle 🔺|small_red_triangle_down 🔻|small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|
large_orange_diamond 🔶|white_small_square ▫️|black_small_square ▪️|large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥|white_large_square ⬜|black_large_square ⬛|
ballot_box_with_check ☑️|radio_button 🔘|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|zzz 💤|sos 🆘|ok 🆗|new 🆕|
up 🆙|cool 🆒|free 🆓|infinity ♾️|tm ™️|copyright ©️|speech_balloon 💬|thought_balloon 💭|bulb 💡|anger 💢|sweat_drops 💦|dash 💨`,
  Things: `tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|sports_medal 🏅|first_place_medal 🥇|second_place_medal 🥈|third_place_medal 🥉|basketball 🏀|soccer ⚽|
football 🏈|baseball ⚾|tennis 🎾|coffee ☕|tea 🍵|beer 🍺|beers 🍻|pizza 🍕|hamburger 🍔|taco 🌮|cake 🍰|birthday 🎂|doughnut 🍩|apple 🍎|banana 🍌|popcorn 🍿|
sunny ☀️|sun_with_face 🌞|sunrise 🌅|crescent_moon 🌙|full_moon 🌕|snowflake ❄️|umbrella ☔|rainbow 🌈|ocean 🌊|earth_americas 🌎|globe_with_meridians 🌐|volcano 🌋|
dog 🐶|cat 🐱|unicorn_face 🦄|whale 🐳|turtle 🐢|snail 🐌|elephant 🐘|rabbit2 🐇|snake 🐍|crab 🦀|goat 🐐|parrot 🦜|seedling 🌱|evergreen_tree 🌲|four_leaf_clover 🍀|
crystal_ball 🔮|moneybag 💰|credit_card 💳|gem 💎|bank 🏦|office 🏢|house 🏠|airplane ✈️|car 🚗|ship 🚢|ambulance 🚑|bike 🚲|ladder 🪜|fire_extinguisher 🧯|
candle 🕯️|flashlight 🔦|battery 🔋|electric_plug 🔌|headphones 🎧|musical_note 🎵|art 🎨|camera 📷|movie_camera 🎥|game_die 🎲|jigsaw 🧩|teddy_bear 🧸|crown 👑|
eyeglasses 👓|magnet 🧲|scales ⚖️|chains ⛓️|compass 🧭|world_map 🗺️|anchor ⚓|ring 💍`,
};
