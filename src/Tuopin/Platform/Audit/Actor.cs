namespace Tuopin.Platform.Audit;

/// <summary>Who acts: an account of the operating system on the command line, a user with a post in the console.</summary>
public sealed record Actor(string Name, long? UserId = null, long? PostId = null);

/// <summary>Whom an audited act concerned: subject type of the dictionary, its key, and the field if it was one.</summary>
public sealed record AuditSubject(string Type, long Id, string? Field = null);
