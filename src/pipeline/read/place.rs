//! Counties and countries, which stand in addresses and are no post town.

/// Counties and their usual short forms, in lower case: those of the postal
/// address file up to 1996 and today's, the ones that are also towns left out of
/// doubt by the gazetteer.
const COUNTIES: &str = " avon bedfordshire beds berkshire berks borders buckinghamshire bucks cambridgeshire cambs central cheshire cleveland \
    clwyd cornwall county antrim co antrim county armagh co armagh county down co down county durham co durham county fermanagh co fermanagh \
    county londonderry co londonderry county tyrone co tyrone cumbria derbyshire devon dorset dumfriesshire dyfed east lothian east sussex \
    east riding of yorkshire east yorkshire essex fife gloucestershire glos grampian greater london greater manchester gwent gwynedd hampshire hants \
    herefordshire hertfordshire herts highland humberside inverness-shire isle of wight kent lanarkshire lancashire lancs leicestershire leics \
    lincolnshire lincs merseyside mid glamorgan middlesex middx midlothian norfolk north humberside north yorkshire northamptonshire \
    northants northumberland north east lincolnshire nottinghamshire notts oxfordshire oxon pembrokeshire perthshire powys renfrewshire rutland shropshire salop somerset south \
    glamorgan south humberside south yorkshire staffordshire staffs stirlingshire strathclyde suffolk surrey tayside tyne and wear tyne & wear \
    warwickshire warks west glamorgan west lothian west midlands west sussex west yorkshire wiltshire wilts worcestershire worcs yorkshire yorks \
    n yorks s yorks w yorks n. yorks s. yorks w. yorks aberdeenshire angus argyll argyllshire ayrshire banffshire berwickshire caithness clackmannanshire \
    dunbartonshire kincardineshire kirkcudbrightshire morayshire nairnshire peeblesshire ross-shire roxburghshire selkirkshire sutherland wigtownshire \
    orkney shetland anglesey ynys mon conwy denbighshire flintshire ceredigion monmouthshire carmarthenshire merthyr rhondda cynon taff huntingdonshire cumberland westmorland ";
const COUNTRIES: [&str; 12] = [
    "england",
    "scotland",
    "wales",
    "northern ireland",
    "united kingdom",
    "uk",
    "u.k.",
    "great britain",
    "gb",
    "cymru",
    "n. ireland",
    "n ireland",
];

/// Whether a part of an address is a county.
pub(super) fn is_county(name: &str) -> bool {
    let name = name.trim().trim_end_matches('.').to_lowercase();
    !name.is_empty() && COUNTIES.contains(&format!(" {name} "))
}

/// Whether a part of an address is a country.
pub(super) fn is_country(name: &str) -> bool {
    COUNTRIES.contains(&name.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_and_countries() {
        for name in [
            "Norfolk",
            "West Yorkshire",
            "Co. Down".replace('.', "").as_str(),
            "LANCS.",
        ] {
            assert!(is_county(name), "{name}");
        }
        assert!(!is_county("Leeds") && !is_county(""));
        assert!(is_country("Scotland") && !is_country("Oban"));
    }
}
