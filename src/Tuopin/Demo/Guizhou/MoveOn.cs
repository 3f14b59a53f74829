using System.Runtime.InteropServices;

namespace Tuopin.Demo.Guizhou;

/// <summary>
/// Moves a population drawn as of 12 June 2020 on to the day of its set: everybody was born as much later, so that ages, schooling and labour hold; then it is
/// put in the order that the problem list of Guizhou of 2023 asks of a record, and some households come under monitoring.
/// </summary>
internal static class MoveOn
{
    /// <summary>The monitoring line of Guizhou in 2023, 7,300 yuan; those not monitored stay clear of it.</summary>
    private const int ClearOfLine = 7_450;

    private const int FirstMonth = 2021 * 12 + 5;

    public static List<DemoWatch> Handle(DemoCounty county)
    {
        var watched = new List<DemoWatch>();
        var households = CollectionsMarshal.AsSpan(county.Population.Households);
        var persons = CollectionsMarshal.AsSpan(county.Population.Persons);
        var sharing = county.Population.Measures.Where(m => m.Kind == MeasureKind.AssetIncome).Select(m => m.Household).ToHashSet();
        for (var i = 0; i < households.Length; i++)
        {
            ref var household = ref households[i];
            var members = persons.Slice(household.FirstPerson, household.Size);
            var random = SplitMix.For(county.Seed, (ulong)county.VillageOf(household).Area.Code * 10_000 + (ulong)household.Number);
            // The last exits were those of 2020.
            if (household.ExitYear == 2019 && random.Chance(400))
                household.ExitYear = 2020;
            foreach (ref var member in members)
            {
                Age(ref member, county.Set);
                Order(ref member, household.Registered, county.Set.WorkDay);
            }
            var watch = Watch(ref random, i, ref household, members);
            Livelihood.Redraw(ref random, ref household, members, PerHead(ref random, watch), sharing.Contains(i));
            if (watch is not { } begun)
                continue;
            watched.Add(begun with { IncomePerHead = begun.EliminatedDay > 0 ? random.Between(4_300, 7_000) * 100L : PerHeadOf(household) });
            Help(begun, members, county.Population.Measures);
        }
        return watched;
    }

    private static void Age(ref DemoPerson member, DemoSet set)
    {
        member.Birth += set.Later * 10000;
        if (member.JoinedDay < member.Birth)
            member.JoinedDay = member.Birth;
        if (member.DisabilityYear > 0)
            member.DisabilityYear += (ushort)set.Later;
    }

    /// <summary>What the list of 2023 takes for a fault and the exit of 2020 did not ask about.</summary>
    private static void Order(ref DemoPerson member, bool registered, int day)
    {
        var age = member.AgeOn(day);
        // Work of those who are not registered is not recorded.
        if (!registered)
            (member.WorkMonths, member.WorkPlace, member.Industry, member.Channel) = (0, 0, 0, 0);
        if (age == 6 && member.School is School.PreschoolAge or School.Kindergarten && age == 6)
            member.School = School.Primary;
        if (member.School != School.NotInSchool)
            return;
        if (age is 16 && member.LeavingReason == LeavingReason.None)
            member.LeavingReason = LeavingReason.Unwilling;
        if (age is >= 16 and <= 22 && member.Education < Education.Junior)
            member.Education = Education.Junior;
        if (member.WorkMonths > 0)
            return;
        if (member.Labour == Labour.Skilled)
            member.Labour = Labour.Ordinary;
        if (member.Education > Education.Senior)
            member.Education = Education.Senior;
    }

    private static DemoWatch? Watch(ref SplitMix random, int index, ref DemoHousehold household, Span<DemoPerson> members)
    {
        var labour = 0;
        var able = false;
        var (ill, disabled, student, worker) = (false, false, false, false);
        foreach (ref readonly var member in members)
        {
            labour += member.Labour is Labour.Ordinary or Labour.Skilled or Labour.Weak ? 1 : 0;
            ill |= (member.Health & (Health.Chronic | Health.Serious)) != 0;
            disabled |= (member.Health & Health.Disabled) != 0;
            student |= Student(member);
            worker |= member.WorkMonths > 0;
        }
        able = labour > 0;
        var chance = (household.Registered ? 75 : 24) * (able ? 1 : 3);
        if (!random.Chance(chance))
            return null;
        Span<Risk> risks = stackalloc Risk[6];
        var count = 0;
        risks[count++] = Risk.Accident;
        if (ill)
            risks[count++] = Risk.Illness;
        if (disabled)
            risks[count++] = Risk.Disability;
        if (student)
            risks[count++] = Risk.Schooling;
        if (worker)
            risks[count++] = Risk.Job;
        if (able && labour * 4 <= members.Length)
            risks[count++] = Risk.Labour;
        var risk = risks[random.Below(count)];
        if (!able)
            Cover(ref household, members);
        // Without labour the risk is covered and stays unmarked.
        var eliminated = able && random.Chance(350);
        var month = FirstMonth + random.Below(eliminated ? 13 : 22);
        var date = random.Between(1, 20);
        var sudden = risk is Risk.Illness or Risk.Accident && random.Chance(250);
        return new(
            index,
            sudden ? "突发严重困难户"
                : household.Registered ? "脱贫不稳定户"
                : "边缘易致贫户",
            Day(month, date),
            risk,
            0,
            risk == Risk.Illness || sudden ? random.Between(30, 300) * 100_00L : random.Below(10) * 100_00L,
            eliminated ? Day(month + random.Between(8, 10), date) : 0,
            able
        );
    }

    private static void Cover(ref DemoHousehold household, Span<DemoPerson> members)
    {
        if (household.Category == 0)
            household.Category = 1;
        foreach (ref var member in members)
            if (!member.Has(PersonFlags.Destitute))
                member.Flags |= PersonFlags.Subsistence;
    }

    private static int PerHead(ref SplitMix random, DemoWatch? watch) =>
        watch is { EliminatedDay: 0 } active
            ? active.Kind == "突发严重困难户"
                ? random.Between(7_500, 9_500)
                : random.Between(4_300, 7_000)
            : ClearOfLine + random.Below(3_400) + random.Below(3_400) + random.Below(3_400);

    private static long PerHeadOf(in DemoHousehold household) => household.Income2019.Net / household.Size;

    /// <summary>What follows within a month: a measure against the risk, development where somebody can work, cover for those who are entitled.</summary>
    private static void Help(DemoWatch watch, ReadOnlySpan<DemoPerson> members, List<DemoMeasure> measures)
    {
        var day = watch.FromDay + 3;
        void Add(MeasureKind kind, MeasureItem item, int later) =>
            measures.Add(new(watch.Household, kind, (ushort)(day / 10000), day + later, 0) { Item = item });
        var (subsistence, destitute, student) = (false, false, false);
        foreach (ref readonly var member in members)
        {
            subsistence |= member.Has(PersonFlags.Subsistence);
            destitute |= member.Has(PersonFlags.Destitute);
            student |= Student(member);
        }
        switch (watch.Risk)
        {
            case Risk.Illness:
                Add(MeasureKind.Health, MeasureItem.None, 0);
                break;
            case Risk.Disability:
                Add(MeasureKind.SocialSecurity, MeasureItem.DisabilitySubsidy, 0);
                break;
            case Risk.Job:
                Add(MeasureKind.Employment, MeasureItem.LabourExport, 0);
                break;
            case Risk.Labour or Risk.Accident:
                Add(MeasureKind.Social, MeasureItem.None, 0);
                break;
        }
        if (student)
            Add(MeasureKind.Education, MeasureItem.Yulu, 0);
        if (watch.Labour)
            Add(MeasureKind.Industry, MeasureItem.Planting, 0);
        if (subsistence)
            Add(MeasureKind.SocialSecurity, MeasureItem.Subsistence, 1);
        if (destitute)
            Add(MeasureKind.SocialSecurity, MeasureItem.Destitute, 2);
    }

    /// <summary>Of a secondary vocational school or a college: whom the Yulu aid is for.</summary>
    public static bool Student(in DemoPerson member) => member.School is >= School.Vocational1 and <= School.College3;

    private static int Day(int month, int date) => month / 12 * 10000 + (month % 12 + 1) * 100 + date;
}
