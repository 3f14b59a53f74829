namespace Tuopin.Demo;

/// <summary>What is drawn for one person once relation, sex and birth are known: school, education, health, labour, work, insurance.</summary>
internal static class Traits
{
    private const int SchoolDay = 2019_08_31;

    public static void Draw(ref SplitMix random, ref DemoPerson person, in DemoHousehold household)
    {
        var age = person.AgeOn(DemoTotals.WorkDay);
        DrawHealth(ref random, ref person, age, household.Standing == Standing.Remaining);
        DrawSchool(ref random, ref person, age);
        if (person.School == School.NotInSchool)
            person.Education = DrawEducation(ref random, age);
        person.Labour = DrawLabour(ref random, person, age);
        DrawWork(ref random, ref person, age, household);
        DrawInsurance(ref random, ref person, age);
        person.Politics = (byte)(
            age >= 22 && random.Chance(22) ? 1
            : age is >= 14 and <= 28 && person.InSchool && random.Chance(280) ? 3
            : 4
        );
        if (age >= 5 && random.Chance(age <= 50 ? 860 : 430))
            person.Flags |= PersonFlags.Mandarin;
    }

    private static void DrawHealth(ref SplitMix random, ref DemoPerson person, int age, bool remaining)
    {
        var chronic =
            age < 16 ? 7
            : age < 60 ? 55
            : 260;
        var serious =
            age < 16 ? 3
            : age < 60 ? 12
            : 30;
        var disabled =
            age < 16 ? 8
            : age < 60 ? 36
            : 75;
        if (remaining)
            (chronic, serious, disabled) = (chronic * 8 / 5, serious * 2, disabled * 2);
        var health = default(Health);
        if (random.Chance(disabled))
        {
            health |= Health.Disabled;
            person.DisabilityClass = (byte)(1 + random.Pick([12, 12, 2, 55, 9, 8, 2]));
            person.DisabilityGrade = (byte)(1 + random.Pick([10, 26, 32, 32]));
            person.DisabilityYear = (ushort)Math.Max(person.Birth / 10000 + 1, random.Between(2009, 2019));
            if (person.DisabilityYear > 2019)
                (health, person.DisabilityClass, person.DisabilityGrade, person.DisabilityYear) = (default, 0, 0, 0);
        }
        if (random.Chance(serious))
            health |= Health.Serious;
        else if (random.Chance(chronic))
            health |= Health.Chronic;
        person.Health = health == default ? Health.Healthy : health;
    }

    /// <summary>Six on 31 August enters primary school; everybody of compulsory age is in school unless a gap is planted later.</summary>
    private static void DrawSchool(ref SplitMix random, ref DemoPerson person, int age)
    {
        var entered = person.AgeOn(SchoolDay);
        var stays = random.Below(1000);
        person.School = entered switch
        {
            < 3 => School.PreschoolAge,
            < 6 => age >= 6 || stays < 850 ? School.Kindergarten : School.PreschoolAge,
            < 12 => School.Primary,
            < 15 => Grade(School.Grade7, entered - 12),
            < 18 when age <= 15 || stays < 740 - 25 * (entered - 15) => Grade(stays % 2 == 0 ? School.Senior1 : School.Vocational1, entered - 15),
            18 or 19 or 20 when stays < 220 => Grade(School.College1, entered - 18),
            18 or 19 or 20 or 21 when stays is >= 220 and < 330 => Grade(School.University1, entered - 18),
            _ => School.NotInSchool,
        };
    }

    private static School Grade(School first, int years) => (School)((int)first + years);

    private static Education DrawEducation(ref SplitMix random, int age)
    {
        var above = age switch
        {
            < 23 => random.Pick([1, 2, 780, 217]),
            < 36 => random.Pick([2, 20, 56, 14, 6, 2]),
            < 51 => random.Pick([8, 42, 42, 7, 1]),
            < 66 => random.Pick([22, 55, 20, 3]),
            _ => random.Pick([52, 42, 6]),
        };
        return (Education)((int)Education.Illiterate + above);
    }

    private static Labour DrawLabour(ref SplitMix random, in DemoPerson person, int age)
    {
        if (age < 16 || person.InSchool)
            return Labour.None;
        var grave = (person.Health & Health.Serious) != 0 || person.DisabilityGrade is 1 or 2;
        if (age >= 60)
            return grave || age >= 76 ? Labour.None
                : random.Chance(640 - 20 * (age - 60)) ? Labour.Weak
                : Labour.None;
        if (grave)
            return random.Chance(700) ? Labour.Lost : Labour.Weak;
        if (person.DisabilityGrade != 0)
            return random.Chance(650) ? Labour.Weak : Labour.Ordinary;
        if (person.Health == Health.Chronic && random.Chance(350))
            return Labour.Weak;
        return person.Education >= Education.Junior && random.Chance(110) ? Labour.Skilled : Labour.Ordinary;
    }

    private static void DrawWork(ref SplitMix random, ref DemoPerson person, int age, in DemoHousehold household)
    {
        if (person.Labour is Labour.Ordinary or Labour.Skilled)
        {
            var poor = household.Has(Planted.Income);
            var likely =
                poor ? 300
                : household.Standing == Standing.Remaining ? 560
                : 730;
            if (random.Chance(age > 50 ? likely * 3 / 4 : likely))
            {
                person.WorkMonths = (byte)(poor ? random.Between(1, 4) : random.Between(5, 11));
                person.WorkPlace = (byte)(1 + random.Pick(WorkPlaces.Weights));
                person.Industry = (byte)(1 + random.Pick([8, 48, 26, 18]));
                person.Channel = (byte)(1 + random.Pick([30, 46, 18, 6]));
                return;
            }
        }
        if (household.Registered && age is >= 18 and < 66 && person.Labour is Labour.Ordinary or Labour.Weak && random.Chance(60))
        {
            person.PublicPost = (byte)(1 + random.Pick([40, 30, 14, 10, 6]));
            person.PublicPostMonths = (byte)random.Between(6, 12);
        }
    }

    private static void DrawInsurance(ref SplitMix random, ref DemoPerson person, int age)
    {
        var employed = person.WorkMonths >= 9 && age < 55 && random.Chance(60);
        person.Flags |= PersonFlags.SeriousIllnessInsured;
        person.Flags |= employed ? PersonFlags.EmployeeMedical : PersonFlags.ResidentMedical;
        if (age >= 16 && !person.InSchool)
            person.Flags |= employed ? PersonFlags.EmployeePension : PersonFlags.ResidentPension;
        if (random.Chance(120))
            person.Flags |= PersonFlags.CommercialMedical;
        if ((person.Health & Health.Serious) != 0 && random.Chance(450))
            person.Flags |= PersonFlags.SeriousIllnessAid;
        if ((person.Health & (Health.Serious | Health.Chronic)) != 0 && random.Chance(300))
            person.Flags |= PersonFlags.OtherHealthHelp;
    }
}
