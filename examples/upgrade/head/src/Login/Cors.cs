using Duende.IdentityServer.Services;

namespace Login;

/// <summary>Allows what the database allows, and the health page.</summary>
public class Cors(ILogger<DefaultCorsPolicyService> logger) : DefaultCorsPolicyService(logger)
{
    public override Task<bool> IsOriginAllowedAsync(string origin) =>
        origin == "https://health.example.org" ? Task.FromResult(true) : base.IsOriginAllowedAsync(origin);
}
