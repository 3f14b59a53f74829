namespace Tuopin.Platform.Access;

/// <summary>What a grant makes of a user in an area. What each role may do is the table in <see cref="Permissions"/>. Stored numbers never change.</summary>
public enum Role : short
{
    /// <summary>系统管理员: accounts, grants, operation; no personal data by virtue of the role.</summary>
    Administrator = 1,

    /// <summary>省级.</summary>
    Province = 2,

    /// <summary>市（州）级.</summary>
    City = 3,

    /// <summary>县指挥部.</summary>
    County = 4,

    /// <summary>行业部门: the facts of its trade, for every rural household of its area.</summary>
    Department = 5,

    /// <summary>乡镇（街道）.</summary>
    Township = 6,

    /// <summary>行政村.</summary>
    Village = 7,

    /// <summary>帮扶联系人: the households paired with the post.</summary>
    Cadre = 8,

    /// <summary>审计: reads everything, the audit included; changes nothing.</summary>
    Auditor = 9,

    /// <summary>接口: an account that only tokens act for.</summary>
    ApiClient = 10,

    /// <summary>纪检监察: discipline clues, which nobody else opens; nothing beside them. An account that holds it holds no other role.</summary>
    Discipline = 11,
}
