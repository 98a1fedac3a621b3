namespace Souk.Harness;

/// <summary>Somebody who is signed in.</summary>
/// <param name="UserId">Their id.</param>
/// <param name="SessionId">Their session's id.</param>
/// <param name="Token">Their access token.</param>
/// <param name="Api">The function under test, called as them.</param>
public sealed record TestPerson(Guid UserId, Guid SessionId, string Token, ApiClient Api);
