using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Web;

/// <summary>One request: who asks, which area and day is in view, in which language. Pages and the API stand on it alike.</summary>
public sealed class ConsoleContext(Installation installation, IHttpContextAccessor http, AreaTrees trees) : IDisposable
{
    public const string AreaCookie = "tuopin-area";
    public const string LanguageCookie = "tuopin-lang";
    public const string ThemeCookie = "tuopin-theme";

    private Task<Caller?>? caller;
    private DbConnection? reader;
    private Dictionary<string, string>? settings;
    private AreaTree? tree;
    private AreaVersion? area;

    public HttpContext Http => http.HttpContext ?? throw new InvalidOperationException("outside a request");

    /// <summary>The installation with the caller acting; before sign-in, the program itself.</summary>
    public Installation Installation => caller is { IsCompletedSuccessfully: true, Result: { } known } ? installation.As(known.Actor) : installation;

    /// <summary>The reading connection of this request.</summary>
    public DbConnection Reader => reader ??= installation.Store.OpenReader();

    public DateOnly WorkDate =>
        Settings.TryGetValue("work_date", out var text)
            ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : ChinaTime.Today(installation.Clock);

    public int Day => DayNumber.Of(WorkDate);

    /// <summary>The population is made up: every page says so.</summary>
    public bool Invented => Settings.GetValueOrDefault("invented") == "yes";

    public AreaTree Tree => tree ??= trees.Of(Reader, WorkDate);

    public Language L => Http.Request.Cookies[LanguageCookie] == "en" ? Language.English : Language.Chinese;

    /// <summary>light, dark, or null for what the browser prefers.</summary>
    public string? Theme => Http.Request.Cookies[ThemeCookie] is "light" or "dark" ? Http.Request.Cookies[ThemeCookie] : null;

    /// <summary>The signed-in caller of an endpoint that needs one.</summary>
    public Caller Caller => FindCaller().Result ?? throw new InvalidOperationException("the endpoint has no access check");

    /// <summary>The caller, or null when nobody is signed in or no grant holds today.</summary>
    public Task<Caller?> FindCaller() => caller ??= LoadCaller();

    /// <summary>Whether the page in view is a part that htmx asked for, and not the whole.</summary>
    public bool WantsPart => Http.Request.Headers.ContainsKey("HX-Request") && !Http.Request.Headers.ContainsKey("HX-History-Restore-Request");

    /// <summary>
    /// The area in view: the one in the address (<c>?area=530326</c>), else the one last looked at, else the widest of the caller's own. Never one that the
    /// permission does not touch: an address of elsewhere is not found.
    /// </summary>
    /// <exception cref="NotInScope">The address names an area outside the scope, or none that exists.</exception>
    public AreaVersion Area(Permission permission)
    {
        if (area is not null)
            return area;
        var scope = Caller.Scope(permission);
        if (Http.Request.Query["area"].ToString() is { Length: > 0 } asked)
        {
            area =
                Tree.ByCode(asked) is { } place && (scope.Touches(AreaTree.RangeOf(place)) || scope.Posts.Count > 0) ? place : throw new NotInScope();
            Remember(area);
            return area;
        }
        if (
            Http.Request.Cookies[AreaCookie] is { } last
            && Tree.ByCode(last) is { } known
            && (scope.Covers(AreaTree.RangeOf(known)) || (scope.Areas.Count == 0 && scope.Posts.Count > 0))
        )
            return area = known;
        return area = Home(scope);
    }

    // Where the reader went by a link is where the menu stays. Parts, files and the API remember nothing.
    private void Remember(AreaVersion place)
    {
        if (!WantsPart && HttpMethods.IsGet(Http.Request.Method) && Refused.WantsPage(Http) && !Http.Response.HasStarted)
            Http.Response.Cookies.Append(AreaCookie, PickArea.Code(place), Forms.Lasting(Http));
    }

    public AreaRange Range(Permission permission) => AreaTree.RangeOf(Area(permission));

    public void Dispose() => reader?.Dispose();

    // The smallest place that holds the whole of the scope, or the widest place of it.
    private AreaVersion Home(Scope scope)
    {
        var widest = scope.Areas.OrderByDescending(a => a.Width).FirstOrDefault(AreaRange.Nation);
        var place = Tree.ByCode(widest.From) ?? Tree.ByCode(0) ?? throw new NotInScope();
        return AreaTree.RangeOf(place) == widest ? Narrowest(place) : Tree.ByCode(0)!;
    }

    // A nation with one county registered opens at that county.
    private AreaVersion Narrowest(AreaVersion place)
    {
        if (place.Level >= 3)
            return place;
        var range = AreaTree.RangeOf(place);
        var (low, high) = Reader.QueryFirst<(long?, long?)>(
            $"SELECT min(area_code), max(area_code) FROM households WHERE area_code BETWEEN {range.From} AND {range.To}"
        );
        for (short level = 3; level > place.Level && low is not null; level--)
            if (Tree.ByCode(low.Value) is { } first && Tree.Ancestor(first, level) is { } up && AreaTree.RangeOf(up).Contains(high!.Value))
                return up;
        return place;
    }

    private Dictionary<string, string> Settings =>
        settings ??= Reader.Query<(string Name, string Value)>("SELECT name, value FROM settings").ToDictionary(s => s.Name, s => s.Value);

    private async Task<Caller?> LoadCaller()
    {
        var user = Http.User;
        if (!long.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        HashSet<Permission>? token = null;
        if (user.HasClaim(c => c.Type == TokenAuthentication.TokenClaim))
            token =
            [
                .. user.FindAll(TokenAuthentication.PermissionClaim)
                    .Select(c => Enum.TryParse<Permission>(c.Value, out var p) ? p : (Permission?)null)
                    .OfType<Permission>(),
            ];
        await using var desk = installation.Store.Desk();
        return await Caller.Load(desk, id, Tree, Day, token);
    }
}

/// <summary>What was asked for does not exist for this caller: 404, the same as for what does not exist at all.</summary>
public sealed class NotInScope(string message = "there is nothing here for you") : Refusal("not-found", message)
{
    /// <summary>Figures are of whole areas, and the caller holds none.</summary>
    public static NotInScope NoArea() => new("you hold households, not an area; see Households");
}

/// <summary>Area trees by day, kept in memory until a newer tree is loaded.</summary>
public sealed class AreaTrees
{
    private readonly ConcurrentDictionary<(DateOnly Day, long Versions), AreaTree> trees = new();

    public AreaTree Of(DbConnection connection, DateOnly day)
    {
        var versions = connection.Number(
            "SELECT count(*) * 100000 + coalesce((SELECT CAST(s.value AS integer) FROM settings s WHERE s.name = 'area_loads'), 0) FROM area_versions"
        );
        if (trees.Count > 16)
            trees.Clear();
        return trees.GetOrAdd((day, versions), _ => AreaTree.Load(connection, day));
    }
}
