using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace Tuopin.Platform.Access;

/// <summary>
/// The framework's store of accounts, except that the desk keeps neither the key of a second factor nor a recovery code as such: the key is encrypted with
/// the key file, of a code only the hash is kept.
/// </summary>
public sealed class AccountStore(DeskDb desk, Installation installation, IdentityErrorDescriber? describer = null)
    : UserOnlyStore<User, DeskDb, long>(desk, describer)
{
    // The names under which the framework's store keeps its tokens.
    private const string FrameworkProvider = "[AspNetUserStore]";
    private const string RecoveryCodes = "RecoveryCodes";

    public override Task SetAuthenticatorKeyAsync(User user, string key, CancellationToken cancellationToken)
    {
        using var numbers = new Security.PersonalNumbers(installation.Keys);
        return base.SetAuthenticatorKeyAsync(user, Convert.ToBase64String(numbers.Encrypt(key)), cancellationToken);
    }

    public override async Task<string?> GetAuthenticatorKeyAsync(User user, CancellationToken cancellationToken)
    {
        if (await base.GetAuthenticatorKeyAsync(user, cancellationToken) is not { Length: > 0 } stored)
            return null;
        using var numbers = new Security.PersonalNumbers(installation.Keys);
        return numbers.Decrypt(Convert.FromBase64String(stored));
    }

    public override Task ReplaceCodesAsync(User user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        base.ReplaceCodesAsync(user, recoveryCodes.Select(Hash), cancellationToken);

    // The framework writes the codes that are left through ReplaceCodesAsync, which would hash hashes.
    public override async Task<bool> RedeemCodeAsync(User user, string code, CancellationToken cancellationToken)
    {
        var (used, stored) = (Hash(code), await GetTokenAsync(user, FrameworkProvider, RecoveryCodes, cancellationToken) ?? "");
        var left = stored.Split(';').Where(c => c != used).ToList();
        if (left.Count == stored.Split(';').Length)
            return false;
        await base.ReplaceCodesAsync(user, left, cancellationToken);
        return true;
    }

    // The codes are random: a plain hash cannot be turned back.
    private static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code.Trim().ToUpperInvariant())));
}
