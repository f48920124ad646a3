using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The memory of one kept user. Its set's lock guards who it belongs to; while <see cref="_holders"/> is above 0 nobody else may take it, so that
/// the one who fills it and those who read it need no lock.
/// </summary>
internal sealed class KeptUser(KeptSet set, int userFloats, int sharedFloats)
{
    private const int Empty = -1;

    private readonly AlignedFloats _user = Touched(userFloats), _shared = Touched(sharedFloats);
    private int _holders;
    private bool _filled;

    /// <summary>Hash of the user's floats.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Form of the shared part.</summary>
    public int Form { get; private set; } = Empty;

    /// <summary>When it was last asked for, in requests to its set.</summary>
    public long LastAsked { get; private set; }

    /// <summary>Whether whoever took it has to make the shared part.</summary>
    public bool IsNew => !_filled;

    /// <summary>The shared part.</summary>
    public Span<float> Shared => _shared.Span;

    /// <summary>Whether nobody holds it. Under the set's lock.</summary>
    public bool IsFree => _holders == 0;

    /// <summary>Whether it holds the finished part of this user in this form. Under the set's lock.</summary>
    public bool Is(ReadOnlySpan<float> user, ulong hash, int form) => _filled && Hash == hash && Form == form && _user.Span.SequenceEqual(user);

    /// <summary>Holds it for one more reader. Under the set's lock.</summary>
    public void Hold(long now)
    {
        _holders++;
        LastAsked = now;
    }

    /// <summary>Gives it to a user whose part is yet to be made. Under the set's lock, when it is free.</summary>
    public void Become(ReadOnlySpan<float> user, ulong hash, int form, long now)
    {
        user.CopyTo(_user.Span);
        (Hash, Form, _filled) = (hash, form, false);
        Hold(now);
    }

    /// <summary>The part is made; from now on others find it.</summary>
    public void Filled()
    {
        if (_filled)
            return;
        lock (set.Gate)
            _filled = true;
    }

    /// <summary>Ends what <see cref="Hold"/> or <see cref="Become"/> began.</summary>
    public void Return()
    {
        lock (set.Gate)
            _holders--;
    }

    // Taken from the system now: page by page in the first request it would take that request several times as long.
    private static AlignedFloats Touched(int length)
    {
        var floats = new AlignedFloats(length);
        HugePages.Touch(floats);
        return floats;
    }
}
