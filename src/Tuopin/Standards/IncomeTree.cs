namespace Tuopin.Standards;

/// <summary>The classes of household income with their parts, as facts of the dictionary: the national system's, and the leaves of the 2023 ledger.</summary>
public static class IncomeTree
{
    public static readonly IReadOnlyList<(string Class, string[] Parts)> Classes =
    [
        (
            "income_wage",
            [
                "income_work",
                "income_post_department",
                "income_post_township",
                "income_post_village",
                "income_picking",
                "income_employment_reward",
                "income_military_pay",
            ]
        ),
        (
            "income_business",
            [
                "income_planting",
                "income_breeding",
                "income_orchard",
                "income_other_business",
                "income_industry_reward",
                "income_loan_project",
                "income_entrusted",
            ]
        ),
        ("income_property", ["income_asset_dividend", "income_other_property", "income_land_transfer", "income_long_asset_income"]),
        (
            "income_transfer",
            [
                "income_family_planning",
                "income_subsistence",
                "income_destitute",
                "income_pension",
                "income_ecology",
                "income_other_transfer",
                "income_retirement_pay",
                "income_family_support",
                "income_old_age_allowance",
                "income_long_term_pension",
                "income_disability_subsidy",
                "income_stable_subsidy",
                "income_agricultural_subsidy",
                "income_regular_donation",
                "income_remittance",
                "income_education_grant",
                "income_yulu_grant",
                "income_temporary_relief",
                "income_condolence",
                "income_medical_reimbursement",
                "income_insurance_payout",
            ]
        ),
        ("expense_business", ["expense_planting", "expense_breeding", "expense_orchard", "expense_other"]),
        ("income_total_stated", []),
        ("income_net_stated", []),
        ("income_per_head_stated", []),
    ];
}
