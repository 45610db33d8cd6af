{% macro spark__composed(expression) %}
    {#- Spark has no function for it, and people's names are nearly all composed already:
        only a text with a combining mark is worked on, pair by pair, and twice, as a
        letter may bear two marks. Latin, Greek and Cyrillic letters; any other stays as
        it was written. -#}
    {%- set pairs = [] -%}
    {%- for mark, letters in segmentation.marked_letters().items() -%}
        {%- for place in range(0, letters | length, 2) -%}
            {%- do pairs.append(letters[place] ~ mark ~ letters[place + 1]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(
        "case when " ~ expression ~ " rlike '[\u0300-\u0331]' then aggregate(sequence(1, "
        ~ 2 * pairs | length ~ "), " ~ expression ~ ", (text, place) -> replace(text, "
        ~ "substring(repeat('" ~ pairs | join ~ "', 2), 3 * place - 2, 2), "
        ~ "substring(repeat('" ~ pairs | join ~ "', 2), 3 * place, 1))) else "
        ~ expression ~ " end"
    ) }}
{% endmacro %}


{% macro marked_letters() %}
    {#- By combining mark, those below a letter first: each letter without and with it.
        The canonical compositions of Unicode 14. -#}
    {{ return({
        '\u031b': 'OƠoơUƯuư',
        '\u0327': 'CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ',
        '\u0328': 'AĄaąEĘeęIĮiįUŲuųOǪoǫ',
        '\u0323': 'BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹ'
            ~ 'IỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ',
        '\u0324': 'UṲuṳ',
        '\u0325': 'AḀaḁ',
        '\u0326': 'SȘsșTȚtț',
        '\u032d': 'DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ',
        '\u032e': 'HḪhḫ',
        '\u0330': 'EḚeḛIḬiḭUṴuṵ',
        '\u0331': 'BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ',
        '\u0300': 'AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêề'
            ~ 'ÔỒôồƠỜơờƯỪưừYỲyỳ',
        '\u0301': 'AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻ'
            ~ 'ÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗ'
            ~ 'ÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ',
        '\u0302': 'AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệ'
            ~ 'ỌỘọộ',
        '\u0303': 'AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ',
        '\u0304': 'AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣ'
            ~ 'УӮуӯGḠgḡḶḸḷḹṚṜṛṝ',
        '\u0306': 'AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặ',
        '\u0307': 'CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠ'
            ~ 'sṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ',
        '\u0308': 'AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤ'
            ~ 'иӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ',
        '\u0309': 'AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ',
        '\u030a': 'AÅaåUŮuůwẘyẙ',
        '\u030b': 'OŐoőUŰuűУӲуӳ',
        '\u030c': 'CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧ'
            ~ 'KǨkǩƷǮʒǯjǰHȞhȟ',
        '\u030f': 'AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ',
        '\u0311': 'AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ',
    }) }}
{% endmacro %}
