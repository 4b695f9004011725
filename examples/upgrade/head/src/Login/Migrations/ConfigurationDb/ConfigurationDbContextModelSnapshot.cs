// Written by hand in the style of EF Core, for this example.
using System;
using Duende.IdentityServer.EntityFramework.DbContexts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Login.Migrations.ConfigurationDb;

[DbContext(typeof(ConfigurationDbContext))]
partial class ConfigurationDbContextModelSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("ProductVersion", "6.0.25");

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.Client", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<bool>("Enabled").HasColumnType("bit");
            b.Property<string>("ClientId").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("ProtocolType").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<bool>("RequireClientSecret").HasColumnType("bit");
            b.Property<string>("ClientName").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Description").HasMaxLength(1000).HasColumnType("nvarchar(1000)");
            b.Property<string>("ClientUri").HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<string>("LogoUri").HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<bool>("RequireConsent").HasColumnType("bit");
            b.Property<bool>("AllowRememberConsent").HasColumnType("bit");
            b.Property<bool>("AlwaysIncludeUserClaimsInIdToken").HasColumnType("bit");
            b.Property<bool>("RequirePkce").HasColumnType("bit");
            b.Property<bool>("AllowPlainTextPkce").HasColumnType("bit");
            b.Property<bool>("RequireRequestObject").HasColumnType("bit");
            b.Property<bool>("AllowAccessTokensViaBrowser").HasColumnType("bit");
            b.Property<bool>("RequireDPoP").HasColumnType("bit");
            b.Property<int>("DPoPValidationMode").HasColumnType("int");
            b.Property<TimeSpan>("DPoPClockSkew").HasColumnType("time");
            b.Property<string>("FrontChannelLogoutUri").HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<bool>("FrontChannelLogoutSessionRequired").HasColumnType("bit");
            b.Property<string>("BackChannelLogoutUri").HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<bool>("BackChannelLogoutSessionRequired").HasColumnType("bit");
            b.Property<bool>("AllowOfflineAccess").HasColumnType("bit");
            b.Property<int>("IdentityTokenLifetime").HasColumnType("int");
            b.Property<string>("AllowedIdentityTokenSigningAlgorithms").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<int>("AccessTokenLifetime").HasColumnType("int");
            b.Property<int>("AuthorizationCodeLifetime").HasColumnType("int");
            b.Property<int?>("ConsentLifetime").HasColumnType("int");
            b.Property<int>("AbsoluteRefreshTokenLifetime").HasColumnType("int");
            b.Property<int>("SlidingRefreshTokenLifetime").HasColumnType("int");
            b.Property<int>("RefreshTokenUsage").HasColumnType("int");
            b.Property<bool>("UpdateAccessTokenClaimsOnRefresh").HasColumnType("bit");
            b.Property<int>("RefreshTokenExpiration").HasColumnType("int");
            b.Property<int>("AccessTokenType").HasColumnType("int");
            b.Property<bool>("EnableLocalLogin").HasColumnType("bit");
            b.Property<bool>("IncludeJwtId").HasColumnType("bit");
            b.Property<bool>("AlwaysSendClientClaims").HasColumnType("bit");
            b.Property<string>("ClientClaimsPrefix").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("PairWiseSubjectSalt").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("InitiateLoginUri").HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<int?>("UserSsoLifetime").HasColumnType("int");
            b.Property<string>("UserCodeType").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<int>("DeviceCodeLifetime").HasColumnType("int");
            b.Property<int?>("CibaLifetime").HasColumnType("int");
            b.Property<int?>("PollingInterval").HasColumnType("int");
            b.Property<bool?>("CoordinateLifetimeWithUserSession").HasColumnType("bit");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<DateTime?>("Updated").HasColumnType("datetime2");
            b.Property<DateTime?>("LastAccessed").HasColumnType("datetime2");
            b.Property<bool>("NonEditable").HasColumnType("bit");
            b.HasKey("Id");
            b.HasIndex("ClientId").IsUnique();
            b.ToTable("Clients");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientGrantType", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("GrantType").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "GrantType").IsUnique();
            b.ToTable("ClientGrantTypes");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientRedirectUri", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("RedirectUri").IsRequired().HasMaxLength(400).HasColumnType("nvarchar(400)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "RedirectUri").IsUnique();
            b.ToTable("ClientRedirectUris");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientPostLogoutRedirectUri", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("PostLogoutRedirectUri").IsRequired().HasMaxLength(400).HasColumnType("nvarchar(400)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "PostLogoutRedirectUri").IsUnique();
            b.ToTable("ClientPostLogoutRedirectUris");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientScope", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Scope").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "Scope").IsUnique();
            b.ToTable("ClientScopes");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientSecret", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Description").HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<string>("Value").IsRequired().HasMaxLength(4000).HasColumnType("nvarchar(4000)");
            b.Property<DateTime?>("Expiration").HasColumnType("datetime2");
            b.Property<string>("Type").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId");
            b.ToTable("ClientSecrets");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientClaim", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Type").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<string>("Value").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "Type", "Value").IsUnique();
            b.ToTable("ClientClaims");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientIdPRestriction", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Provider").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "Provider").IsUnique();
            b.ToTable("ClientIdPRestrictions");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientCorsOrigin", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Origin").IsRequired().HasMaxLength(150).HasColumnType("nvarchar(150)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "Origin").IsUnique();
            b.ToTable("ClientCorsOrigins");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ClientProperty", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Key").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<string>("Value").IsRequired().HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<int>("ClientId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ClientId", "Key").IsUnique();
            b.ToTable("ClientProperties");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.IdentityResource", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<bool>("Enabled").HasColumnType("bit");
            b.Property<string>("Name").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("DisplayName").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Description").HasMaxLength(1000).HasColumnType("nvarchar(1000)");
            b.Property<bool>("Required").HasColumnType("bit");
            b.Property<bool>("Emphasize").HasColumnType("bit");
            b.Property<bool>("ShowInDiscoveryDocument").HasColumnType("bit");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<DateTime?>("Updated").HasColumnType("datetime2");
            b.Property<bool>("NonEditable").HasColumnType("bit");
            b.HasKey("Id");
            b.HasIndex("Name").IsUnique();
            b.ToTable("IdentityResources");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.IdentityResourceClaim", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Type").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<int>("IdentityResourceId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("IdentityResourceId", "Type").IsUnique();
            b.ToTable("IdentityResourceClaims");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.IdentityResourceProperty", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Key").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<string>("Value").IsRequired().HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<int>("IdentityResourceId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("IdentityResourceId", "Key").IsUnique();
            b.ToTable("IdentityResourceProperties");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiResource", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<bool>("Enabled").HasColumnType("bit");
            b.Property<string>("Name").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("DisplayName").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Description").HasMaxLength(1000).HasColumnType("nvarchar(1000)");
            b.Property<string>("AllowedAccessTokenSigningAlgorithms").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<bool>("ShowInDiscoveryDocument").HasColumnType("bit");
            b.Property<bool>("RequireResourceIndicator").HasColumnType("bit");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<DateTime?>("Updated").HasColumnType("datetime2");
            b.Property<DateTime?>("LastAccessed").HasColumnType("datetime2");
            b.Property<bool>("NonEditable").HasColumnType("bit");
            b.HasKey("Id");
            b.HasIndex("Name").IsUnique();
            b.ToTable("ApiResources");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiResourceSecret", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Description").HasMaxLength(1000).HasColumnType("nvarchar(1000)");
            b.Property<string>("Value").IsRequired().HasMaxLength(4000).HasColumnType("nvarchar(4000)");
            b.Property<DateTime?>("Expiration").HasColumnType("datetime2");
            b.Property<string>("Type").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<int>("ApiResourceId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ApiResourceId");
            b.ToTable("ApiResourceSecrets");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiResourceClaim", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Type").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<int>("ApiResourceId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ApiResourceId", "Type").IsUnique();
            b.ToTable("ApiResourceClaims");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiResourceScope", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Scope").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<int>("ApiResourceId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ApiResourceId", "Scope").IsUnique();
            b.ToTable("ApiResourceScopes");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiResourceProperty", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Key").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<string>("Value").IsRequired().HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<int>("ApiResourceId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ApiResourceId", "Key").IsUnique();
            b.ToTable("ApiResourceProperties");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiScope", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<bool>("Enabled").HasColumnType("bit");
            b.Property<string>("Name").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("DisplayName").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Description").HasMaxLength(1000).HasColumnType("nvarchar(1000)");
            b.Property<bool>("Required").HasColumnType("bit");
            b.Property<bool>("Emphasize").HasColumnType("bit");
            b.Property<bool>("ShowInDiscoveryDocument").HasColumnType("bit");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<DateTime?>("Updated").HasColumnType("datetime2");
            b.Property<DateTime?>("LastAccessed").HasColumnType("datetime2");
            b.Property<bool>("NonEditable").HasColumnType("bit");
            b.HasKey("Id");
            b.HasIndex("Name").IsUnique();
            b.ToTable("ApiScopes");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiScopeClaim", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Type").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<int>("ScopeId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ScopeId", "Type").IsUnique();
            b.ToTable("ApiScopeClaims");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ApiScopeProperty", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Key").IsRequired().HasMaxLength(250).HasColumnType("nvarchar(250)");
            b.Property<string>("Value").IsRequired().HasMaxLength(2000).HasColumnType("nvarchar(2000)");
            b.Property<int>("ScopeId").HasColumnType("int");
            b.HasKey("Id");
            b.HasIndex("ScopeId", "Key").IsUnique();
            b.ToTable("ApiScopeProperties");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.IdentityProvider", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Scheme").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("DisplayName").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<bool>("Enabled").HasColumnType("bit");
            b.Property<string>("Type").IsRequired().HasMaxLength(20).HasColumnType("nvarchar(20)");
            b.Property<string>("Properties").HasColumnType("nvarchar(max)");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<DateTime?>("Updated").HasColumnType("datetime2");
            b.Property<DateTime?>("LastAccessed").HasColumnType("datetime2");
            b.Property<bool>("NonEditable").HasColumnType("bit");
            b.HasKey("Id");
            b.HasIndex("Scheme").IsUnique();
            b.ToTable("IdentityProviders");
        });

    }
}
