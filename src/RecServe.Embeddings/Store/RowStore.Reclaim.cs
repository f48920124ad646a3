using System.Diagnostics;
using FASTER.core;

namespace RecServe.Embeddings;

public sealed partial class RowStore
{
    /// <summary>
    /// Bytes of log that are gone through while updates wait, some 3,000 records and 3 ms of a core: an update whose row moved under it would take the key for a new one.
    /// </summary>
    private const long ReclaimStep = 256 << 10;

    /// <summary>Bytes of log that are gone through in a turn at least. All that is superseded in one turn, 64 MiB and more, took a core for longer than rankings may wait.</summary>
    private const long ReclaimTurn = 4 << 20;

    private long _reclaimTail;

    /// <summary>
    /// Where a step may end. FASTER reads from the disk up to the end it is given, rounded up to a sector, and takes the rest of a record that lies across it from
    /// whatever its buffer held: records do not lie across pages.
    /// </summary>
    private long PageStart(long address) => address & -_pageBytes;

    /// <summary>
    /// If superseded rows take more than their share of the log, and more than a file of it, copies the live rows of its oldest part to its end: of as much as makes up for what the log grew since the last
    /// turn, or a quarter of what is too much where that is more, so that turns are as short as the updates between them are few. The disk space comes back when the checkpoints that need it are no longer kept: with the second checkpoint after. Look-ups go on
    /// meanwhile, updates between short steps.
    /// </summary>
    /// <param name="rest">Called between steps with how long the last one took, while updates are not held: where the caller leaves the core to others.</param>
    /// <returns>Bytes of log that are given up; 0 if the share is not reached.</returns>
    /// <exception cref="RowStoreException">The log could not be read; the store then takes no updates until it is opened again.</exception>
    public long Reclaim(Action<TimeSpan>? rest = null)
    {
        lock (_checkpointing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is not null)
                throw new RowStoreException(_failure);
            RowStoreSnapshot now = Measure();
            long superseded = now.LogBytes - now.LiveLogBytes, tail = _log.Log.TailAddress, grown = _reclaimTail == 0 ? 0 : tail - _reclaimTail;
            _reclaimTail = tail;

            // Files of the log are deleted whole: with less than one nothing would come back.
            double excess = superseded - Math.Max(_options.ReclaimAt * now.LogBytes, _segmentBytes);
            if (excess <= 0)
                return 0;

            // What a turn gave up lasts from the next fold on. Of a process that is killed after a few checkpoints only its first turn may last, which knows of no growth: then the excess says how much is to be made up for.
            long begin = _log.Log.BeginAddress, turn = Math.Max(ReclaimTurn, (long)Math.Max((double)grown * now.LogBytes / superseded, excess / 4));
            long until = PageStart(Math.Min(_log.Log.SafeReadOnlyAddress, begin + turn));
            if (until <= begin)
                return 0;
            long errors = _device.ReadErrors;
            RowSession session = _sessions.Rent();
            try
            {
                long at = begin;
                while (at < until)
                {
                    long step = Stopwatch.GetTimestamp();
                    lock (_writer)
                        at = session.Compact(Math.Min(until, PageStart(at + Math.Max(ReclaimStep, _pageBytes))));
                    if (at < until)
                        rest?.Invoke(Stopwatch.GetElapsedTime(step));
                }

                return at - begin;
            }
            catch (FasterException e)
            {
                throw new RowStoreException(_failure = $"the row store in {_options.Directory} cannot read its log: {e.Message}; it must be opened again, from its last checkpoint", e);
            }
            finally
            {
                _sessions.Return(session);

                // A newer record that could not be read looks like none: an old one may have been copied over it, which must not be checkpointed.
                if (_device.ReadErrors != errors)
                    _failure ??= $"the row store in {_options.Directory} could not read its log while it reclaimed space; it must be opened again, from its last checkpoint";
            }
        }
    }
}
