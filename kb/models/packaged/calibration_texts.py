"""Texts on which the ranges of the model's values are measured before it is quantised (see `onnx_bert`).

Of the kinds that documents and questions hold, written for this: changing one changes the 8-bit model, whose version
is then to be raised in kb.models.packaged.onnx_folder.
"""

from __future__ import annotations

QUESTIONS = (
    "Qui finance les travaux de l'école ?",
    "Quel est le montant de l’aide et à qui faut-il adresser la demande ?",
    "horaires mairie samedi",
    "Combien de logements ont été rénovés en 2021, et pour quel coût moyen ?",
    "COMMENT OBTENIR UNE DÉROGATION AU RÈGLEMENT ?",
    "Le maire peut-il refuser un permis d'aménager déjà instruit par les services de l'État ?",
    "What documents are required to apply for a housing grant?",
    "oui",
)

_LONG = (
    "Le conseil communautaire, réuni en séance publique le 9 novembre 2022, approuve le plan pluriannuel "
    "d'investissement pour la période 2023-2028. Ce plan, d'un montant total de 46,8 millions d'euros hors "
    "taxes, porte sur la réfection des réseaux d'eau potable, l'extension de la station d'épuration des "
    "Aulnes et la construction de deux groupes scolaires. Les dépenses sont réparties entre la communauté "
    "d'agglomération (52 %), la région (21 %), l'agence de l'eau (17 %) et les communes membres, au prorata "
    "de leur population. Un comité de suivi, composé de neuf élus et de trois représentants des usagers, se "
    "réunit au moins deux fois par an ; il examine l'avancement des chantiers, les écarts de coût et les "
    "demandes d'avenant. Lorsque l'écart dépasse dix pour cent du montant initial, le président en informe "
    "l'assemblée, qui décide de poursuivre, de réduire ou d'abandonner l'opération. Les entreprises "
    "retenues s'engagent à réserver 7 % des heures travaillées à des personnes éloignées de l'emploi, à "
    "trier les gravats sur place et à limiter le bruit entre 19 h et 7 h. Les riverains sont prévenus par "
    "courrier quinze jours avant chaque phase, et une permanence est ouverte le mercredi à la maison du "
    "projet, 14 rue du Lavoir. "
)

PASSAGES = (
    (
        "La présente délibération sera transmise au représentant de l'État et publiée sur le site internet de "
        "la commune."
    ),
    "L’usager dispose d’un délai de deux mois, à compter de la notification, pour former un recours gracieux.",
    "ARRÊTÉ PORTANT RÉGLEMENTATION DU STATIONNEMENT : PLACE DE L'ÉGLISE ET QUAI DES TANNEURS.",
    "RAPPEL IMPORTANT : TOUTE DEMANDE INCOMPLÈTE EST REJETÉE. AUCUN DÉLAI SUPPLÉMENTAIRE N'EST ACCORDÉ.",
    "Recettes 2020 : 1 204 330 € ; 2021 : 1 187 905,40 € (-1,4 %) ; 2022 : 1 311 000 € (+10,4 %) ; solde : 87 k€.",
    (
        "Surface utile : 2 350 m² ; hauteur : 11,75 m ; débit : 0,8 L/s ; température : -5 °C à 38 °C ; 2×4 = 8 "
        "; n° 17 bis."
    ),
    "- pièce d'identité ;\n- justificatif de domicile de moins de trois mois ;\n- avis d'imposition ;\n- RIB",
    "1. Objet du marché\n2. Durée et reconduction\n3. Prix, variation, acomptes\n4. Pénalités\n5. Résiliation",
    "| Poste | Quantité | Prix HT |\n| --- | ---: | ---: |\n| Bancs | 12 | 480,00 |\n| Arbres | 35 | 92,50 |",
    "## Chapitre 3 – Dispositions communes\n\n### Article 12-1\n\nLes clôtures sont constituées de haies vives.",
    (
        "« Nous n'avons pas été consultés », regrettent les commerçants ; “c'est inexact”, répond l'adjointe : "
        "«\u00a0trois réunions ont eu lieu\u00a0»."
    ),
    (
        "Merci à toutes et tous 🎉🎉 ! Rendez-vous samedi 🌳 pour planter 200 arbres 👩\u200d🌾👨\u200d🌾 (bottes "
        "conseillées 😉)."
    ),
    ("Noël, aïeul, ambiguïté, cœur, œil, bœuf, çà, là, où, dû, forêt, pâte, tâche, naïf, capharnaüm, Citroën, L’Haÿ."),
    (
        "Contact : accueil@ville-exemple.fr – 01 23 45 67 89 – "
        "https://www.ville-exemple.fr/demarches?id=42&lang=fr#etape-2"
    ),
    (
        "The committee shall meet at least twice a year. Its minutes are published within thirty days of each "
        "meeting, together with the list of the decisions taken and of the amounts committed."
    ),
    "Der Antrag ist schriftlich einzureichen. La solicitud debe presentarse antes del 31 de marzo. 申請書は窓口で。",
    (
        "Lorsqu'un agent est placé en congé de longue maladie, il conserve l'intégralité de son traitement "
        "pendant un an ; celui-ci est réduit de moitié pendant les deux années qui suivent. Le comité médical "
        "rend son avis dans les deux mois de la saisine."
    ),
    (
        "Après le dîner, la vieille dame montait au grenier, ouvrait la malle bleue et relisait, à la lueur "
        "d'une bougie, les lettres que son frère lui avait envoyées de Saïgon."
    ),
    (
        "Pour installer le logiciel, ouvrez un terminal, tapez `pip install exemple==2.4.1`, puis relancez le "
        "service (sudo systemctl restart exemple). En cas d'erreur 0x80070005, vérifiez vos droits."
    ),
    (
        "La photosynthèse convertit le dioxyde de carbone et l'eau en glucose grâce à l'énergie lumineuse : 6 "
        "CO₂ + 6 H₂O → C₆H₁₂O₆ + 6 O₂."
    ),
    (
        "Page 3 sur 17\t\tVersion provisoire\n\n\n…………………………………… 12\nAnnexe B ........................ 15\n*** "
        "___ ### @@@ %%%"
    ),
    (
        "Art. L. 2121-10, R. 421-1 et suiv., al. 3, 2° ; CE, 12 juill. 2019, n° 412 345 ; JO du 3/08, p. 11 207 "
        "; cf. supra."
    ),
    (
        "Vu le code général des collectivités territoriales ; vu le budget primitif ; considérant l'urgence à "
        "consolider le mur de soutènement de la rue Haute, fissuré depuis les intempéries du printemps ; le "
        "conseil, à l'unanimité, autorise le maire à signer le marché."
    ),
    _LONG,
    _LONG.upper()[:600],
)
