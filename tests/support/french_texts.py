"""Twenty French texts of all that documents hold, on which encoders of one model are compared."""

# Near the 512 tokens that the model reads; beyond, the engine averages windows.
LONG_PROSE = (
    "La convention pluriannuelle de renouvellement urbain, signée le 14 mars 2019, prévoit la démolition de 312 "
    "logements locatifs sociaux, la reconstitution de l’offre hors du quartier à raison d’un logement pour un logement "
    "démoli, et la requalification de 486 logements conservés. "
) * 7
LONG_FIGURES = (
    "Subventions : 12,5 M€ (38 %) ; prêts bonifiés : 1\u202f234\u202f567,89 € ; surface : 4\u00a0500 m² ; "
    "délai : 18 mois. "
) * 13
LONG_CAPITALS = "RELOGEMENT DES MÉNAGES ET CLAUSES D'INSERTION : LES ENGAGEMENTS À RESPECTER AVANT L'ÉTÉ. " * 14
TEXTS = [
    "Qui finance le nouveau programme national de renouvellement urbain ?",
    "Été, Noël, garçon, maïs, où, çà et là, Œuvre, ambiguë, l’île, dû, pêche, pécher.",
    "L'agence n'a qu'un objectif : l'amélioration d'aujourd'hui.",
    "L’agence n’a qu’un objectif : l’amélioration d’aujourd’hui.",
    "« L’article 10 », dit-il, “précise” : «\u00a0les dépenses éligibles\u00a0» ; ‹ voir plus bas ›.",
    "Le chœur des sœurs, cœur de l’œuvre ; æquo, Œdipe, ŒUVRE.",
    "Le ﬁnancement est déﬁni par le règlement ofﬁciel : ﬂux, aﬀectation, eﬃcacité.",
    "10\u00a0000\u202fhabitants,\u20091\u2009250\u2009logements\u00a0; 50\u00a0%\u202f!",
    "Tabulation\tici,  deux  espaces,   trois\n\nlignes \r\nWindows, espace finale ",
    "Bravo 👏👏 ! Le chantier 🏗️ avance ✅, rendez-vous en 🇫🇷 avec 👨‍👩‍👧 et 🫠🫠.",
    "12,5 M€, 3 400 m², 1 250 kWh/an, 19 °C, 45 dB(A), 2×3 = 6, n° 12, 1ᵉʳ, ½, §4, 5 ‰, 8 h 30.",
    "RÈGLEMENT GÉNÉRAL DE L’ANRU RELATIF AU NPNRU : DÉMOLITION, RÉSIDENTIALISATION, ÉQUIPEMENTS.",
    LONG_PROSE,
    LONG_FIGURES,
    LONG_CAPITALS,
    "| Financeur | Montant |\n| --- | --- |\n| Action Logement | 8,4 Md€ |\n| État | 1,2 Md€ |",
    "- reconstitution de l'offre ;\n- relogement…\n  - dont 1er relogement ;\n1. insertion (5 % des heures)",
    "Voir https://www.anru.fr/le-npnru?page=2#haut ou écrire à contact@anru.fr — réponse sous 48 h.",
    "Césure con\u00additionnelle, joint\u200bzéro, BOM\ufeff, point médian : habitant·e·s, tirets ‑ – —",
    "oui",
]
