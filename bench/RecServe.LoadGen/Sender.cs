using System.Net.Sockets;

namespace RecServe.LoadGen;

/// <summary>One connection and what its requests brought; a broken connection is replaced. Used by one thread.</summary>
internal sealed class Sender(Uri url, RankRequests requests) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private HttpConnection? _connection;

    public Dictionary<string, int> Errors { get; } = [];

    public string? FirstFailure { get; private set; }

    /// <summary>Opens the connection ahead of time, so that no request pays for it.</summary>
    public void Connect()
    {
        try
        {
            _connection ??= new HttpConnection(url, Timeout);
        }
        catch (SocketException exception)
        {
            Count("connection", exception.Message);
        }
    }

    /// <summary>Sends the n-th request and waits for its answer; true if it was a success.</summary>
    public bool Send(long n)
    {
        try
        {
            _connection ??= new HttpConnection(url, Timeout);
            var status = _connection.Send(requests[n], out var failure);
            if (failure is null)
            {
                return true;
            }

            Count($"{status}", failure);
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException)
        {
            Count("connection", exception.Message);
            _connection?.Dispose();
            _connection = null;
        }

        return false;
    }

    public void Dispose() => _connection?.Dispose();

    private void Count(string kind, string failure)
    {
        Errors[kind] = Errors.GetValueOrDefault(kind) + 1;
        FirstFailure ??= failure;
    }
}
