using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace RecServe.Embeddings;

internal sealed partial class RedisStore
{
    private readonly ConfigurationOptions _configuration;
    private readonly Lock _gate = new();
    private volatile ConnectionMultiplexer? _connection;
    private volatile int _lanes;
    private long _lookedAt;
    private Task _connecting;
    private bool _disposed;

    public int Lanes
    {
        get
        {
            // Looked at again while it is no cluster: a connection may be up before the client has learned what it leads to.
            if (_lanes != RowLanes.Count && _connection is { IsConnected: true } connection && (_lanes == 0 || Environment.TickCount64 - _lookedAt >= 1000))
            {
                _lookedAt = Environment.TickCount64;
                _lanes = IsCluster(connection) ? RowLanes.Count : 1;
            }

            return _lanes;
        }
    }

    public void Reconnect()
    {
        lock (_gate)
        {
            if (!_disposed && _connecting.IsCompleted)
                _connecting = ConnectAsync(_connection);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _connection?.Dispose();
    }

    /// <summary>Reads a connection string; what it says about errors never repeats any of it, since any part may be part of a password.</summary>
    private static ConfigurationOptions Parse(string connectionString)
    {
        ConfigurationOptions configuration;
        try
        {
            configuration = ConfigurationOptions.Parse(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            throw Unreadable();
        }

        if (configuration.EndPoints.Count == 0)
            throw Unreadable();
        configuration.AbortOnConnectFail = false;

        // What waits on a thread is the walk over all names when a node warms up, in no hurry. The client's own second has ended it on a busy machine.
        configuration.SyncTimeout = Math.Max(configuration.SyncTimeout, 10_000);
        configuration.ClientName ??= "recserve";
        return configuration;
    }

    private static ArgumentException Unreadable() =>
        new("the Redis connection string cannot be read; expected host:port[,host:port…][,option=value…] with the options of StackExchange.Redis");

    private static InvalidOperationException NotConnected() => new("there is no connection to Redis");

    private static bool IsCluster(ConnectionMultiplexer connection) =>
        connection.GetEndPoints().Select(point => connection.GetServer(point)).Any(server => server.IsConnected && server.ServerType == ServerType.Cluster);

    private IDatabase Database() => (_connection ?? throw NotConnected()).GetDatabase();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "whatever prevents a connection, the next attempt is made by the caller's clock")]
    private async Task ConnectAsync(ConnectionMultiplexer? old)
    {
        try
        {
            // Off the caller's thread: resolving names and opening sockets may block.
            await Task.Yield();
            ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(_configuration.Clone()).ConfigureAwait(false);
            connection.IncludeDetailInExceptions = false;
            lock (_gate)
            {
                if (_disposed)
                {
                    connection.Dispose();
                    return;
                }

                _connection = connection;
                _lanes = 0;
            }

            // What was asked over the old connection fails now, if it has not been answered.
            old?.Dispose();
        }
        catch (Exception)
        {
            // Lanes stays 0 or the old connection in use; the caller asks for another attempt.
        }
    }
}
