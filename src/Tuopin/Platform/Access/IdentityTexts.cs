using Microsoft.AspNetCore.Identity;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>What the framework refuses, in the language of the page.</summary>
public static class IdentityTexts
{
    public static string Of(IdentityError error, Language l) =>
        error.Code switch
        {
            nameof(IdentityErrorDescriber.PasswordTooShort) => l["密码至少 10 个字符。", "A password has at least 10 characters."],
            nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => l["密码的不同字符太少。", "A password needs more different characters."],
            CommonPasswords.Code => l["这个密码太常见，或与用户名相同。", "This password is too common, or is the user name."],
            nameof(IdentityErrorDescriber.DuplicateUserName) => l["已有这个用户名。", "There is such a user name already."],
            nameof(IdentityErrorDescriber.InvalidUserName) => l["用户名不能是空的。", "A user needs a name."],
            _ => error.Description,
        };
}

/// <summary>Refuses the passwords that are tried first: one's own name, one character over and over, runs of a keyboard.</summary>
public sealed class CommonPasswords : IPasswordValidator<User>
{
    public const string Code = "PasswordCommon";
    private const string Rows = "01234567890 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz 1qaz2wsx3edc4rfv password passw0rd admin tuopin";

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
    {
        var text = (password ?? "").ToLowerInvariant();
        var name = (user.UserName ?? "").ToLowerInvariant();
        var bare = text.Replace(name.Length > 2 ? name : "\0", "", StringComparison.Ordinal);
        foreach (var row in Rows.Split(' '))
            for (var length = row.Length; length >= 4; length--)
            for (var at = 0; at + length <= row.Length; at++)
                bare = bare.Replace(row.Substring(at, length), "", StringComparison.Ordinal);
        return Task.FromResult(
            bare.Distinct().Count() < 4
                ? IdentityResult.Failed(new IdentityError { Code = Code, Description = "the password is too common" })
                : IdentityResult.Success
        );
    }
}
