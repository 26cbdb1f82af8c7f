"""Banks by their acquirer BIN (NAPAS)."""

BANKS = {
    "970422": "MB",
    "970449": "LPBank",
    "970436": "Vietcombank",
    "970407": "Techcombank",
    "970418": "BIDV",
    "970415": "VietinBank",
    "970432": "VPBank",
    "970423": "TPBank",
    "970416": "ACB",
    "970403": "Sacombank",
    "970437": "HDBank",
    "970443": "SHB",
    "970441": "VIB",
    "970405": "Agribank",
    "970431": "Eximbank",
    "970426": "MSB",
    "970429": "SCB",
    "970424": "Shinhan Bank",
    "970448": "OCB",
    "970409": "Bac A Bank",
    "970440": "SeABank",
    "970425": "ABBank",
    "970412": "PVcomBank",
    "970428": "Nam A Bank",
    "970419": "NCB",
    "970452": "KienlongBank",
    "970454": "BVBank",
    "970438": "BaoViet Bank",
    "970427": "VietABank",
    "970433": "VietBank",
    "970430": "PGBank",
    "970400": "SaigonBank",
    "970408": "GPBank",
    "970446": "Co-opBank",
    "970414": "MBV",
    "970406": "Vikki",
    "546034": "CAKE",
    "546035": "Ubank",
    "963388": "Timo",
    "963369": "Liobank",
    "971025": "MoMo",
    "668888": "KBank",
    "422589": "CIMB",
}


def bank_name(bank_bin: str) -> str:
    return BANKS.get(bank_bin, bank_bin)


def banks_by_name() -> list[tuple[str, str]]:
    """BIN and name of every bank, as people look for them."""
    return sorted(BANKS.items(), key=lambda row: row[1].lower())
