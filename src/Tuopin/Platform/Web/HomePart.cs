namespace Tuopin.Platform.Web;

/// <summary>A part of the home page of a module that lies above it: a component without parameters, which shows nothing to whom it has nothing to say.</summary>
public sealed record HomePart(Type Component);
