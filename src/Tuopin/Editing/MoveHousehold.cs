using System.Data.Common;
using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>
/// <c>/households/{id}/move</c>: a household lives in another house from a day on, in its village or elsewhere, or belongs to another group. It stays
/// registered where it is. Of the new house nothing is known until somebody states it.
/// </summary>
public static class MoveHousehold
{
    /// <param name="Lives">Where it lives now.</param>
    /// <param name="Since">Since when; null where no house is recorded.</param>
    public sealed record Result(Editor Editor, AreaVersion? Registered, AreaVersion? Lives, int? Since, string? Group, string Version)
    {
        public string Day { get; init; } = "";
        public Refusal? Refused { get; init; }
        public string? Said { get; init; }
        public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();
    }

    public sealed record Moving : Act
    {
        /// <summary>12-digit code of the village it lives in from now on; null when it stays in its house.</summary>
        public string? Place { get; init; }

        /// <summary>The group it belongs to; null leaves it.</summary>
        public string? Group { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "household.move";

        public override Plan Decide(Writing writing)
        {
            var held = Held.Read(writing.Connection, writing.Transaction, writing.Household, DayNumber.Of(writing.WorkDate));
            if (Version is not null && Version != held.Version)
                throw new ChangedMeanwhile([]);
            var to =
                Place is null ? null
                : writing.Tree.ByCode(Place) is { Level: 5 } village ? village
                : throw Members.Bad("居住地", "没有这个村（社区）", "there is no such village");
            if (to is not null && held.From >= writing.Day)
                throw new WrongUsage(
                    "edit.day",
                    "搬家的日期应晚于入住现住房的日期。The day of moving is after the day of moving into the house of now."
                );
            var (group, wrong) = TypedFact.Read(writing.Dictionary["household"].Facts["group_name"], Group);
            if (wrong is not null)
                throw Members.Bad("自然村（组）", wrong.Zh, wrong.En);
            var differences = new List<Difference>();
            if (to is not null)
                differences.Add(
                    new(
                        new("居住地", "living place"),
                        PathOf(writing.Tree, held.Lives),
                        new(writing.Tree.Path(to) + "（新住房）", writing.Tree.Path(to) + " (another house)")
                    )
                );
            if (Group is not null && group?.Text != held.Group)
                differences.Add(
                    new(new("自然村（组）", "group"), new(held.Group ?? "", held.Group ?? ""), new(group?.Text ?? "", group?.Text ?? ""))
                );
            return new(differences, [writing.Household], change => Write(writing, held, to, group?.Text, change));
        }

        private void Write(Writing writing, Held held, AreaVersion? to, string? group, long change)
        {
            var (id, day) = (writing.Household, writing.Day);
            if (to is not null)
            {
                if (held.From is { } from)
                    writing.Execute(
                        "UPDATE residences SET to_day = @day, change_id = @change WHERE household_id = @id AND from_day = @from",
                        new
                        {
                            day,
                            change,
                            id,
                            from,
                        }
                    );
                var dwelling = Keys.Take(writing.Connection, writing.Transaction, "dwellings", writing.County, 1);
                writing.Execute(
                    "INSERT INTO dwellings (id, village_id, area_code, change_id) VALUES (@dwelling, @AreaId, @Code, @change)",
                    new
                    {
                        dwelling,
                        to.AreaId,
                        to.Code,
                        change,
                    }
                );
                writing.Execute(
                    "INSERT INTO residences (household_id, dwelling_id, from_day, change_id) VALUES (@id, @dwelling, @day, @change)",
                    new
                    {
                        id,
                        dwelling,
                        day,
                        change,
                    }
                );
                writing.Execute(
                    "UPDATE households SET living_village_id = @living, change_id = @change WHERE id = @id",
                    new
                    {
                        living = to.AreaId == held.Registered ? (long?)null : to.AreaId,
                        change,
                        id,
                    }
                );
            }
            // The name is what people know it by; the group as an area follows with the next file that names it.
            if (Group is not null && group != held.Group)
                writing.Execute(
                    "UPDATE households SET group_name = @group, group_id = NULL, change_id = @change WHERE id = @id",
                    new
                    {
                        group,
                        change,
                        id,
                    }
                );
        }
    }

    private sealed class Held
    {
        public long Registered { get; init; }
        public long? Living { get; init; }
        public string? Group { get; init; }
        public long Change { get; init; }
        public int? From { get; init; }
        public long? ResidenceChange { get; init; }

        public long Lives => Living ?? Registered;
        public string Version => string.Create(CultureInfo.InvariantCulture, $"{Change}.{ResidenceChange ?? 0}");

        public static Held Read(DbConnection connection, DbTransaction? transaction, long household, int day) =>
            connection.QuerySingle<Held>(
                $"""
                SELECT h.village_id AS registered, h.living_village_id AS living, h.group_name AS "group", h.change_id AS change, r.from_day AS "from", r.change_id AS residence_change
                FROM households h LEFT JOIN residences r ON r.household_id = h.id AND {Pairings.Covers("r", day)} WHERE h.id = @household
                """,
                new { household },
                transaction
            );
    }

    private static Label PathOf(AreaTree tree, long area) =>
        tree.ById(area) is { } place ? new(tree.Path(place), tree.Path(place)) : Difference.Nothing;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/households/{household:long}/move", Show).Needs(Permission.ChangeMembers);
        routes.MapPost("/households/{household:long}/move", Post).Needs(Permission.ChangeMembers);
        routes
            .MapGet(
                Api.Root + "/households/{household:long}/move",
                (ConsoleContext context, HttpContext http, long household) => Api.Answer(http, Tell(Handle(context, household)))
            )
            .OfApi<Told>(Permission.ChangeMembers, "place", "Where a household is registered and lives");
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/move",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, Asked asked) =>
                {
                    await Api.CheckWrite(http);
                    var before = Tell(Handle(context, household));
                    Api.CheckMatch(http, before, "edit.changed-since");
                    try
                    {
                        var written = await pen.Do(context.Caller, household, null, ActOf(context, before.Version, asked), http.RequestAborted);
                        await Api.Answer(http, Tell(Handle(context, household)) with { Proposed = written.Proposed });
                    }
                    catch (ChangedMeanwhile)
                    {
                        throw new PreconditionFailed("edit.changed-since");
                    }
                }
            )
            .OfApi<Told>(Permission.ChangeMembers, "move-household", "A household lives in another house from a day on, or belongs to another group")
            .ChangesFrom();
    }

    /// <param name="Place">12-digit code of the village it lives in from now on; without one it stays in its house.</param>
    /// <param name="Group">The group it belongs to; without one it stays in its group.</param>
    public sealed record Asked(string Reason, string? Place = null, string? Group = null, string? Day = null, string? Document = null);

    /// <param name="Proposed">The change waits for the township's review; nothing is changed yet.</param>
    public sealed record Told(
        long Household,
        string Number,
        string? Registered,
        string? Lives,
        int? Since,
        string? Group,
        string Version,
        long? Proposed = null
    );

    private static Told Tell(Result found) =>
        new(
            found.Editor.Household.Id,
            found.Editor.Household.Number,
            found.Registered is { } registered ? PickArea.Code(registered) : null,
            found.Lives is { } lives ? PickArea.Code(lives) : null,
            found.Since,
            found.Group,
            found.Version
        );

    private static Moving ActOf(ConsoleContext context, string version, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        return new()
        {
            Place = string.IsNullOrEmpty(asked.Place) ? null : asked.Place,
            Group = asked.Group,
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }

    private static IResult Show(ConsoleContext context, long household, string? said) =>
        new RazorComponentResult<Pages.MovePage>(new { Found = Handle(context, household) with { Said = said } });

    public static Result Handle(ConsoleContext context, long household)
    {
        var editor = Editor.Of(context.Reader, null, context.Caller, Permission.ChangeMembers, context.Day, household);
        var held = Held.Read(context.Reader, null, household, context.Day);
        return new(editor, context.Tree.ById(held.Registered), context.Tree.ById(held.Lives), held.From, held.Group, held.Version)
        {
            Day = DayText.Of(context.WorkDate),
        };
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, Pen pen, long household)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var found = Handle(context, household);
        try
        {
            var act = ActOf(
                context,
                form["version"].ToString(),
                new(
                    form["reason"].ToString(),
                    form["place"].ToString(),
                    form["group"].ToString(),
                    form["day"].ToString(),
                    form["document"].ToString()
                )
            );
            var written = await pen.Do(context.Caller, household, null, act, http.RequestAborted);
            return Results.LocalRedirect($"/households/{household}/move?said={(written.Proposed is null ? "saved" : "proposed")}");
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            return new RazorComponentResult<Pages.MovePage>(
                new
                {
                    Found = Handle(context, household) with
                    {
                        Refused = refusal,
                        Day = form["day"].ToString(),
                        Typed = form.Where(f => f.Key is "place" or "group" or "reason" or "document")
                            .ToDictionary(f => f.Key, f => f.Value.ToString()),
                    },
                }
            )
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            };
        }
    }
}
