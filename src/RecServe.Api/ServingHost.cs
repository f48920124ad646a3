using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Events;
using RecServe.Api.Experiments;
using RecServe.Api.Exposures;
using RecServe.Api.FeatureRows;
using RecServe.Api.Feedback;
using RecServe.Api.Health;
using RecServe.Api.Http;
using RecServe.Api.Models;
using RecServe.Api.Pages;
using RecServe.Api.Problems;
using RecServe.Api.Rank;
using RecServe.Api.Rows;
using RecServe.Api.Shadow;
using RecServe.Api.Telemetry;
using RecServe.Api.Updates;

namespace RecServe.Api;

/// <summary>The composition root of the server: what it is made of, and which path leads where.</summary>
public static class ServingHost
{
    /// <summary>Loads the models and experiments and puts a server together; starting it is the caller's.</summary>
    /// <param name="options">What to serve and where.</param>
    /// <param name="time">Clock; null for the system's.</param>
    /// <param name="logging">Where log lines go; null for the console, one line each.</param>
    /// <exception cref="ServingException">Something needed to start is missing or broken; the message says what.</exception>
    public static WebApplication Build(ServingOptions options, TimeProvider? time = null, Action<ILoggingBuilder>? logging = null)
    {
        options.Validate();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        (logging ?? DefaultLogging)(builder.Logging);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // it logs a failed start with its stack trace; the caller tells it in one line
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = null; // RequestBody has the limit and answers with a problem that names it
            server.Limits.MaxConcurrentConnections = options.MaxConnections;
            server.Limits.MinRequestBodyDataRate = RequestBody.SlowestRate;
        });
        builder.WebHost.UseUrls(ListenAddresses.Checked(options.Urls));
        AddServices(builder.Services, options, time ?? TimeProvider.System);

        WebApplication app = builder.Build();
        try
        {
            // Made here, not at the first request: what is broken must be said at the start.
            app.Services.GetRequiredService<ModelRegistry>();
            app.Services.GetRequiredService<RowGauges>();
            app.Services.GetRequiredService<ExpertGauges>();
            app.Services.GetRequiredService<NodeFeatures>();
            app.Services.GetRequiredService<NodeUpdates>();
            app.Services.GetRequiredService<NodeEvents>();
            app.Services.GetRequiredService<ExperimentSet>();
            app.Services.GetRequiredService<NodeExperiments>();
            app.Services.GetRequiredService<ExposureLog>();
            app.Services.GetRequiredService<ShadowSampler>();
            app.Services.GetRequiredService<PrometheusText>();
            MapEndpoints(app);
            return app;
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }
    }

    /// <summary>Starts a server that <see cref="Build"/> made.</summary>
    /// <exception cref="ServingException">An address cannot be listened on.</exception>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken = default)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException failure)
        {
            throw new ServingException($"cannot listen: {failure.Message}", failure);
        }
        catch (SocketException failure)
        {
            // Unlike the above, this message does not say for which address.
            throw new ServingException($"cannot listen on {app.Services.GetRequiredService<ServingOptions>().Urls}: {failure.Message}", failure);
        }
    }

    private static void AddServices(IServiceCollection services, ServingOptions options, TimeProvider time)
    {
        services.AddRoutingCore();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownSeconds + options.DrainSeconds));
        services.AddSingleton(options).AddSingleton(time);

        services.AddSingleton<ServingMetrics>().AddSingleton<PrometheusText>();
        services.AddSingleton<NodeRows>().AddHostedService(provider => provider.GetRequiredService<NodeRows>()).AddSingleton<RowGauges>();
        services.AddSingleton<ModelLoader>().AddSingleton(provider => new ModelRegistry(provider.GetRequiredService<ModelLoader>().Load())).AddSingleton<ExpertGauges>();
        services.AddSingleton<NodeFeatures>();
        services.AddSingleton<NodeUpdates>().AddHostedService(provider => provider.GetRequiredService<NodeUpdates>());
        services.AddSingleton<NodeEvents>().AddHostedService(provider => provider.GetRequiredService<NodeEvents>());
        services.AddSingleton<NodeExperiments>().AddHostedService(provider => provider.GetRequiredService<NodeExperiments>()).AddSingleton<ReadAfter>();
        services.AddHostedService<ModelWatch>();
        services.AddSingleton<RowWarmUp>().AddHostedService(provider => provider.GetRequiredService<RowWarmUp>());
        services.AddSingleton<FeedbackStore>();
        services.AddSingleton(provider => ExperimentSet.Load(options.ExperimentsFile, provider.GetRequiredService<ModelRegistry>(),
            provider.GetRequiredService<FeedbackStore>(), provider.GetRequiredService<ILogger<ExperimentSet>>()));
        services.AddSingleton<ShadowSampler>().AddHostedService(provider => provider.GetRequiredService<ShadowSampler>());
        services.AddSingleton<RequestScratchPool>().AddSingleton<RankPipeline>().AddSingleton<InFlightGate>();

        services.AddSingleton<Readiness>().AddHostedService(provider => provider.GetRequiredService<Readiness>());
        services.AddSingleton<NodeExposures>().AddHostedService(provider => provider.GetRequiredService<NodeExposures>());
        if (options.ExposureFile is { } file)
        {
            services.AddSingleton(provider => new ExposureWriter(file, options.ExposureQueue,
                provider.GetRequiredService<ServingMetrics>(), provider.GetRequiredService<ILogger<ExposureWriter>>()));
            services.AddHostedService(provider => provider.GetRequiredService<ExposureWriter>());
        }

        services.AddSingleton(provider => new ExposureLog(provider.GetService<ExposureWriter>(), provider.GetRequiredService<NodeExposures>(), provider.GetRequiredService<ServingMetrics>(), time));
        services.AddSingleton<RankEndpoint>().AddSingleton<BatchEndpoint>().AddSingleton<FeedbackEndpoint>().AddSingleton<ModelsEndpoint>();
        services.AddSingleton<ExperimentsEndpoint>().AddSingleton<ExperimentWrites>().AddSingleton<UpdatesEndpoint>().AddSingleton<FeatureWrites>().AddSingleton<FeaturesEndpoint>();
        services.AddSingleton<HealthEndpoint>().AddSingleton<HomePage>();
    }

    private static void MapEndpoints(WebApplication app)
    {
        IServiceProvider services = app.Services;
        InFlightGate gate = services.GetRequiredService<InFlightGate>();
        RankEndpoint rank = services.GetRequiredService<RankEndpoint>();
        ModelsEndpoint models = services.GetRequiredService<ModelsEndpoint>();
        ExperimentsEndpoint experiments = services.GetRequiredService<ExperimentsEndpoint>();
        PrometheusText metrics = services.GetRequiredService<PrometheusText>();

        app.UseMiddleware<ProblemMiddleware>();
        app.MapPost("/v1/rank", gate.Guard(rank.PostAsync));
        app.MapPost("/v1/rank/{model}", gate.Guard(rank.PostAsync));
        app.MapPost("/v1/rank:batch", gate.Guard(services.GetRequiredService<BatchEndpoint>().PostAsync));
        app.MapPost("/v1/feedback", gate.Guard(services.GetRequiredService<FeedbackEndpoint>().PostAsync));
        UpdatesEndpoint updates = services.GetRequiredService<UpdatesEndpoint>();
        app.MapPost("/v1/rows:apply", gate.Guard(updates.ApplyAsync));
        Read("/v1/updates", updates.ShowAsync);
        app.MapPost("/v1/updates:pause", updates.PauseAsync);
        app.MapPost("/v1/updates:resume", updates.ResumeAsync);
        FeaturesEndpoint features = services.GetRequiredService<FeaturesEndpoint>();
        Read("/v1/features/{entity}/{id}", features.ShowAsync);
        app.MapPut("/v1/features/{entity}/{id}", gate.Guard(features.PutAsync));
        app.MapDelete("/v1/features/{entity}/{id}", gate.Guard(features.DeleteAsync));
        app.MapPost("/v1/features:batch", gate.Guard(features.BatchAsync));
        Read("/v1/models", models.ListAsync);
        Read("/v1/models/{model}", models.ShowAsync);
        Read("/v1/experiments", experiments.ListAsync);
        ExperimentWrites writes = services.GetRequiredService<ExperimentWrites>();
        app.MapPut("/v1/experiments", gate.Guard(writes.PutAsync));
        app.MapPatch("/v1/experiments/{key}", gate.Guard(writes.PatchAsync));
        app.MapDelete("/v1/experiments/{key}", gate.Guard(writes.DeleteAsync));
        Read("/v1/experiments/{key}/results", experiments.ResultsAsync);
        Read("/health/live", HealthEndpoint.LiveAsync);
        Read("/health/ready", services.GetRequiredService<HealthEndpoint>().ReadyAsync);
        Read("/metrics", context =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(metrics.Render(), context.RequestAborted);
        });
        Read("/openapi/v1.json", OpenApiDocument.ShowAsync);
        Read("/problems", ProblemPage.List);
        Read("/problems/{slug}", ProblemPage.Show);
        Read("/", services.GetRequiredService<HomePage>().ShowAsync);

        // HEAD too: many probes ask that way. The server leaves the body out by itself.
        void Read(string pattern, RequestDelegate endpoint) => app.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], endpoint);
    }

    private static void DefaultLogging(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddFilter("Microsoft", LogLevel.Warning)
        .SetMinimumLevel(LogLevel.Information);
}
