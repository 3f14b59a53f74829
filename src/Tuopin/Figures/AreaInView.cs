using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;

namespace Tuopin.Figures;

/// <summary>Figures count whole areas: they are shown of areas that lie within the scope, never of one that only overlaps it.</summary>
public static class AreaInView
{
    /// <summary>The area in view, or null for a caller who holds households and no area.</summary>
    /// <exception cref="NotInScope">The address names an area that is not wholly the caller's.</exception>
    public static AreaVersion? Of(ConsoleContext context)
    {
        var scope = context.Caller.Scope(Permission.ViewFigures);
        if (scope.Areas.Count == 0)
            return context.Http.Request.Query.ContainsKey("area") ? throw new NotInScope() : null;
        var area = context.Area(Permission.ViewFigures);
        if (scope.Covers(AreaTree.RangeOf(area)))
            return area;
        if (context.Http.Request.Query.ContainsKey("area"))
            throw new NotInScope();
        // The smallest place around several grants is not the caller's; the first grant is.
        return context.Tree.ByCode(scope.Areas[0].From);
    }

    /// <summary>The area in view, for programs.</summary>
    /// <exception cref="NotInScope">The caller holds no area, or the address names one that is not wholly the caller's.</exception>
    public static AreaVersion Need(ConsoleContext context) => Of(context) ?? throw NotInScope.NoArea();
}
