// Written by hand in the style of EF Core, for this example.
using System;
using Duende.IdentityServer.EntityFramework.DbContexts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Login.Migrations.PersistedGrantDb;

[DbContext(typeof(PersistedGrantDbContext))]
partial class PersistedGrantDbContextModelSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("ProductVersion", "6.0.25");

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.PersistedGrant", b =>
        {
            b.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint");
            b.Property<string>("Key").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Type").IsRequired().HasMaxLength(50).HasColumnType("nvarchar(50)");
            b.Property<string>("SubjectId").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("SessionId").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<string>("ClientId").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Description").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<DateTime>("CreationTime").HasColumnType("datetime2");
            b.Property<DateTime?>("Expiration").HasColumnType("datetime2");
            b.Property<DateTime?>("ConsumedTime").HasColumnType("datetime2");
            b.Property<string>("Data").IsRequired().HasColumnType("nvarchar(max)");
            b.HasKey("Id");
            b.HasIndex("Key").IsUnique();
            b.HasIndex("SubjectId", "ClientId", "Type");
            b.HasIndex("SubjectId", "SessionId", "Type");
            b.HasIndex("Expiration");
            b.HasIndex("ConsumedTime");
            b.ToTable("PersistedGrants");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.DeviceCode", b =>
        {
            b.Property<string>("DeviceCode").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("UserCode").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("SubjectId").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("SessionId").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<string>("ClientId").IsRequired().HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<string>("Description").HasMaxLength(200).HasColumnType("nvarchar(200)");
            b.Property<DateTime>("CreationTime").HasColumnType("datetime2");
            b.Property<DateTime>("Expiration").HasColumnType("datetime2");
            b.Property<string>("Data").IsRequired().HasColumnType("nvarchar(max)");
            b.HasKey("UserCode");
            b.HasIndex("DeviceCode").IsUnique();
            b.HasIndex("Expiration");
            b.ToTable("DeviceCodes");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.Key", b =>
        {
            b.Property<string>("Id").IsRequired().HasMaxLength(450).HasColumnType("nvarchar(450)");
            b.Property<int>("Version").HasColumnType("int");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<string>("Use").HasMaxLength(450).HasColumnType("nvarchar(450)");
            b.Property<string>("Algorithm").IsRequired().HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<bool>("IsX509Certificate").HasColumnType("bit");
            b.Property<bool>("DataProtected").HasColumnType("bit");
            b.Property<string>("Data").IsRequired().HasColumnType("nvarchar(max)");
            b.HasKey("Id");
            b.HasIndex("Use");
            b.ToTable("Keys");
        });

        modelBuilder.Entity("Duende.IdentityServer.EntityFramework.Entities.ServerSideSession", b =>
        {
            b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("int");
            b.Property<string>("Key").IsRequired().HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<string>("Scheme").IsRequired().HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<string>("SubjectId").IsRequired().HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<string>("SessionId").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<string>("DisplayName").HasMaxLength(100).HasColumnType("nvarchar(100)");
            b.Property<DateTime>("Created").HasColumnType("datetime2");
            b.Property<DateTime>("Renewed").HasColumnType("datetime2");
            b.Property<DateTime?>("Expires").HasColumnType("datetime2");
            b.Property<string>("Data").IsRequired().HasColumnType("nvarchar(max)");
            b.HasKey("Id");
            b.HasIndex("Key").IsUnique();
            b.HasIndex("Expires");
            b.HasIndex("SubjectId");
            b.HasIndex("SessionId");
            b.HasIndex("DisplayName");
            b.ToTable("ServerSideSessions");
        });

    }
}
