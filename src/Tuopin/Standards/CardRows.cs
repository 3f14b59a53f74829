using System.Data.Common;
using Dapper;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// What cards say, read for many households by a fixed number of queries: the values of their rules are one statement of the rules language, those of
/// members another. An unknown value is an empty text, never a zero.
/// </summary>
public static class CardRows
{
    /// <summary>A section filled in. A section of facts has rows of a title and a value and no columns.</summary>
    public sealed record Part(CardPart Of, Label Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

    public sealed record Sheet(long Household, string Number, string? Head, string Place, CardColour? Colour, IReadOnlyList<Part> Parts);

    private sealed class Row
    {
        public long HouseholdId { get; init; }
        public long AreaCode { get; init; }
        public long VillageId { get; init; }
        public string Number { get; init; } = "";
        public string? HeadName { get; init; }
        public string? GroupName { get; init; }
        public long? StandardVersionId { get; init; }
        public long Met { get; init; }
        public long Unmet { get; init; }
        public long Overruled { get; init; }
        public long Exempt { get; init; }
    }

    /// <summary>Of some households (ids, or a query of them) those the card is for, in the order of villages and groups.</summary>
    public static IReadOnlyList<long> Select(Viewer viewer, Card card, string among)
    {
        var sql = SqlJudging.Values(card.Household, [], Context(viewer, among), card.For);
        return
        [
            .. viewer.Connection.Query<long>(
                $"""
                SELECT h.id FROM ({sql.Text}) c JOIN households h ON h.id = c.id ORDER BY h.area_code, h.group_name, h.id
                """
            ),
        ];
    }

    /// <summary>The cards of households the reader may see, in the order given.</summary>
    /// <param name="judged">The day is the one that results are kept for; of another the lights are found anew, household by household.</param>
    public static IReadOnlyList<Sheet> Read(Viewer viewer, Card card, IReadOnlyList<long> households, Language language, bool judged)
    {
        if (households.Count == 0)
            return [];
        var ids = string.Join(", ", households);
        var rows = viewer
            .Connection.Query<Row>(
                $"""
                SELECT h.id AS household_id, h.area_code, {(
                    judged ? "h.village_id" : RowsThen.Village(viewer.Connection, "h.id", viewer.Day, null)
                )} AS village_id, l.number, h.head_name, h.group_name, l.standard_version_id, l.met, l.unmet, l.exempt, l.overruled
                FROM households h JOIN household_list l ON l.household_id = h.id AND l.place_code = h.area_code WHERE h.id IN ({ids})
                """
            )
            .ToDictionary(r => r.HouseholdId);
        var tree = judged ? viewer.Tree : AreaTree.Load(viewer.Connection, viewer.Date);
        var lines = card.Sections.Where(s => s.Part == CardPart.Facts).SelectMany(s => s.Lines).ToList();
        var values = Values(viewer, card.Household, [.. card.Colours.Select(c => c.When), .. lines.Select(l => l.Value)], ids, language);
        var members = card.Sections.Any(s => s.Part == CardPart.Members) ? Members(viewer, card, ids, language) : null;
        var measures = card.Sections.Any(s => s.Part == CardPart.Measures) ? Measures(viewer, ids, language) : null;
        var helpers = card.Sections.Any(s => s.Part == CardPart.Helpers) ? Helpers(viewer, ids, language) : null;
        var lights =
            judged && card.Sections.Any(s => s.Part == CardPart.Lights)
                ? Lights.Of(viewer, new AreaRange(rows.Values.Min(r => r.AreaCode), rows.Values.Max(r => r.AreaCode)))
                : null;

        IReadOnlyList<Part> Parts(Row row, IReadOnlyList<string> told)
        {
            var next = card.Colours.Length;
            return [.. card.Sections.Select(Filled)];

            // What is unknown is left to be filled in; what a person says against the facts, the card says too.
            string Told(Light light, bool overruled) =>
                light == Light.Unknown ? "" : ShownText.Name(light, language) + (overruled ? language[new("（人工认定）", " (overruled)")] : "");

            IReadOnlyList<IReadOnlyList<string>> Then(Row of) =>
                ExplainHousehold
                    .Explain(
                        viewer.Connection,
                        viewer.Packs,
                        of.HouseholdId,
                        of.AreaCode,
                        new(viewer.Date),
                        new()
                        {
                            Sees = viewer.Sees,
                            Tongue = language.IsEnglish ? Tongue.En : Tongue.Zh,
                            AuthorsOfDecidingOnly = true,
                        }
                    )
                    .Where(s => s.Decides)
                    .SelectMany(s => s.Indicators)
                    .Select(i => new[] { i.Title, Told(Enum.Parse<Light>(i.Result, ignoreCase: true), i.Overruled is not null) })
                    .ToList();

            Part Filled(CardSection section)
            {
                IReadOnlyList<IReadOnlyList<string>> held = section.Part switch
                {
                    CardPart.Facts => [.. section.Lines.Select(l => new[] { language[l.Label], told[next++] })],
                    CardPart.Members => members![(section, row.HouseholdId)],
                    CardPart.Lights when lights is null => Then(row),
                    CardPart.Lights =>
                    [
                        .. lights!
                            .Of(row.StandardVersionId, row.Met, row.Unmet, row.Exempt)
                            .Select(l => new[] { language[l.Indicator.Title], Told(l.Light, (row.Overruled >> l.Indicator.Bit & 1) == 1) }),
                    ],
                    CardPart.Measures => [.. measures![row.HouseholdId]],
                    CardPart.Helpers => [.. helpers![row.HouseholdId]],
                    _ => [],
                };
                var columns = Columns(section, language);
                var empty = Enumerable.Repeat((IReadOnlyList<string>)[.. Enumerable.Repeat("", columns.Count)], section.Rows);
                return new(section.Part, section.Title, columns, [.. held, .. empty]);
            }
        }

        return
        [
            .. households
                .Where(rows.ContainsKey)
                .Select(id =>
                {
                    var (row, told) = (rows[id], values[id]);
                    var place = tree.ById(row.VillageId) is { } village ? tree.Path(village) : "";
                    return new Sheet(
                        id,
                        row.Number,
                        row.HeadName,
                        row.GroupName is null ? place : $"{place}/{row.GroupName}",
                        card.Colours.Where((_, i) => told[i] == language["是", "yes"]).FirstOrDefault(),
                        Parts(row, told)
                    );
                }),
        ];
    }

    private static IReadOnlyList<string> Columns(CardSection section, Language L) =>
        section.Part switch
        {
            CardPart.Members => [.. section.Lines.Select(l => L[l.Label])],
            CardPart.Lights => [L["指标", "Indicator"], L["情况", "Stands"]],
            CardPart.Measures => [L["时间", "When"], L["帮扶措施", "Measure"], L["受益成员", "Member"], L["金额（元）", "Amount (CNY)"]],
            CardPart.Helpers => [L["帮扶责任人", "Helper"], L["职务", "Post"], L["单位", "Unit"], L["起", "From"], L["止", "To"]],
            CardPart.Blank => [.. section.Columns.Select(c => L[c])],
            _ => [],
        };

    private static SqlContext Context(Viewer viewer, string only) =>
        new(viewer.Engine == Engine.Sqlite ? SqlDialect.Sqlite : SqlDialect.PostgreSql, new JudgingDay(viewer.Date)) { Only = only };

    // By id; a value that is not sure, or not known, is an empty text.
    private static Dictionary<long, IReadOnlyList<string>> Values(
        Viewer viewer,
        Variable of,
        IReadOnlyList<Expr> expressions,
        string only,
        Language language
    )
    {
        var sql = SqlJudging.Values(of, expressions, Context(viewer, only));
        using var reader = (DbDataReader)viewer.Connection.ExecuteReader(sql.Text);
        var all = new Dictionary<long, IReadOnlyList<string>>();
        while (reader.Read())
            all[reader.GetInt64(0)] = [.. expressions.Select((e, n) => Text(reader, sql.Values[n], e, language))];
        return all;
    }

    private static string Text(DbDataReader reader, SqlValue at, Expr expression, Language language)
    {
        object? Cell(int column) => column < 0 || reader.IsDBNull(column) ? null : reader.GetValue(column);
        var low = Cell(at.Low);
        if (low is null || (at.High >= 0 && !Equals(low, Cell(at.High))))
            return "";
        return ShownText.Of(expression.Type, low, language);
    }

    private static Dictionary<(CardSection, long), IReadOnlyList<IReadOnlyList<string>>> Members(
        Viewer viewer,
        Card card,
        string ids,
        Language language
    )
    {
        var sections = card.Sections.Where(s => s.Part == CardPart.Members).ToList();
        var now = FormattableString.Invariant($"m.from_day <= {viewer.Day} AND (m.to_day IS NULL OR m.to_day > {viewer.Day})");
        var members = viewer
            .Connection.Query<(long Household, long Person)>(
                $"""
                SELECT m.household_id, m.person_id FROM memberships m JOIN persons p ON p.id = m.person_id
                WHERE m.household_id IN ({ids}) AND {now} ORDER BY m.household_id, coalesce(m.relation, 99), coalesce(p.birth, 0), p.id
                """
            )
            .ToLookup(m => m.Household, m => m.Person);
        var values = Values(
            viewer,
            card.Person,
            [.. sections.SelectMany(s => s.Lines).Select(l => l.Value)],
            $"SELECT m.person_id FROM memberships m WHERE m.household_id IN ({ids}) AND {now}",
            language
        );
        var found = new Dictionary<(CardSection, long), IReadOnlyList<IReadOnlyList<string>>>();
        foreach (var household in ids.Split(", ").Select(long.Parse))
        {
            var from = 0;
            foreach (var section in sections)
            {
                var (at, count) = (from, section.Lines.Length);
                found[(section, household)] =
                [
                    .. members[household].Where(values.ContainsKey).Select(p => (IReadOnlyList<string>)[.. values[p].Skip(at).Take(count)]),
                ];
                from += count;
            }
        }
        return found;
    }

    private static ILookup<long, string[]> Measures(Viewer viewer, string ids, Language language)
    {
        var facts = viewer.Packs.Dictionary["measure"].Facts;
        return viewer
            .Connection.Query<(long Household, int From, long? Kind, long? Item, string? Person, long? Fen)>(
                $"""
                SELECT t.household_id, t.from_day, t.{facts["kind"].Column}, t.{facts["item"].Column}, p.name, t.amount FROM measures t
                LEFT JOIN persons p ON p.id = t.person_id
                WHERE t.household_id IN ({ids}) AND t.from_day <= {viewer.Day} ORDER BY t.household_id, t.from_day DESC, t.id DESC
                """
            )
            .ToLookup(
                m => m.Household,
                m =>
                    new[]
                    {
                        ShownText.Day(m.From, language),
                        string.Join(
                            " · ",
                            new[] { ShownText.Of(facts["kind"], m.Kind, language), ShownText.Of(facts["item"], m.Item, language) }.Where(t =>
                                t.Length > 0
                            )
                        ),
                        m.Person ?? "",
                        m.Fen is { } fen ? ShownText.Yuan(fen) : "",
                    }
            );
    }

    private static ILookup<long, string[]> Helpers(Viewer viewer, string ids, Language language) =>
        viewer
            .Connection.Query<(long Household, string? Name, string? Title, string? Unit, int From, int? To)>(
                $"""
                SELECT r.household_id, p.holder_name, p.title, u.name, r.from_day, r.to_day FROM responsibilities r
                LEFT JOIN posts p ON p.id = r.post_id LEFT JOIN units u ON u.id = coalesce(r.unit_id, p.unit_id)
                WHERE r.household_id IN ({ids}) AND r.from_day <= {viewer.Day} ORDER BY r.household_id, r.from_day, r.id
                """
            )
            .ToLookup(
                h => h.Household,
                h =>
                    new[]
                    {
                        h.Name ?? "",
                        h.Title ?? "",
                        h.Unit ?? "",
                        ShownText.Day(h.From, language),
                        h.To is { } to && to <= viewer.Day ? ShownText.Day(to, language) : "",
                    }
            );
}
